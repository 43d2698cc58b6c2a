/** Requests about code as text: listings, patched code beside the guest's own, what was executed. */
import { comparePatched } from '../patched-listing.js';
import type { Handlers, SessionState } from '../state.js';

export const listingRequests = (at: SessionState) =>
  ({
    listingAt: ({ address }) => at.session.listings.at(address >>> 0) ?? null,

    listing: ({ document }) => at.session.listings.read(document),

    searchListing: ({ text, from }) => at.session.listings.search(text, from),

    compareSites: ({ address }) => comparePatched(at.session.guest, address >>> 0),

    coverage: () => at.session.guest.views.coverage.all(),

    listingCoverage({ document }) {
      const { guest, listings } = at.session;
      const lines = listings.placed(document);
      const counts = guest.views.coverage.of(lines.map(({ address }) => address));
      return lines.map(({ line }, i) => ({ line, ...counts[i] }));
    },
  }) satisfies Partial<Handlers>;
