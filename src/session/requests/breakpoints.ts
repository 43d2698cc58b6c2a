/** Requests that set breakpoints: in sources, in listings, at functions, at addresses. */
import { DISASSEMBLY, FUNCTIONS } from '../breakpoints.js';
import type { Handlers, SessionState } from '../state.js';

/** A function breakpoint that gives an address. */
const ADDRESS_NAME = /^\s*\*?\s*(0[xX][0-9a-fA-F]{1,8})\s*$/;

export const breakpointRequests = (at: SessionState) =>
  ({
    setSourceBreakpoints: ({ path, breakpoints }) => at.session.guest.setSourceBreakpoints(path, breakpoints),

    setListingBreakpoints({ document, breakpoints }) {
      const { listings, addressBreakpoints } = at.session;
      const places = breakpoints.map((request) => {
        const place = listings.addressOf(document, request.line);
        return place && { request, ...place };
      });
      const found = places.filter((place) => place !== undefined);
      const results = addressBreakpoints.set(
        document,
        found.map(({ request, address }) => ({ ...request, address })),
      );
      let next = 0;
      return places.map((place) =>
        place
          ? { ...results[next++], line: place.line }
          : { id: 0, verified: false, message: 'There is no instruction on this line or below it.' },
      );
    },

    setFunctionBreakpoints({ breakpoints }) {
      const { guest, addressBreakpoints } = at.session;
      const addresses = breakpoints.map(({ name }) => ADDRESS_NAME.exec(name)?.[1]);
      const named = guest.setFunctionBreakpoints(breakpoints.filter((_, i) => addresses[i] === undefined));
      const placed = addressBreakpoints.set(
        FUNCTIONS,
        breakpoints.flatMap((request, i) => {
          const text = addresses[i];
          return text === undefined ? [] : [{ ...request, address: Number(text) }];
        }),
      );
      let nextNamed = 0;
      let nextPlaced = 0;
      return addresses.map((text) => (text === undefined ? named[nextNamed++] : placed[nextPlaced++]));
    },

    setInstructionBreakpoints: ({ breakpoints }) => at.session.addressBreakpoints.set(DISASSEMBLY, breakpoints),

    breakpointLines({ path, document, first, last }) {
      const { guest, listings } = at.session;
      if (document !== undefined) return listings.breakpointLines(document, first, last);
      return guest.breakpointLines(path ?? '', first, last);
    },
  }) satisfies Partial<Handlers>;
