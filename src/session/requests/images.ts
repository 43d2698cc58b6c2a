/** Requests about what no guest runs: images that are looked at, single words. */
import { PROTOCOL_VERSION } from '../../protocol/api.js';
import { sessionErrors } from '../../util/errors.js';
import type { Handlers, SessionState } from '../state.js';

export const imageRequests = (at: SessionState) =>
  ({
    async initialize({ version, disassembler }) {
      if (version !== PROTOCOL_VERSION) throw sessionErrors.versionMismatch(version, PROTOCOL_VERSION);
      if (disassembler) await at.backend.loadDisassembler(disassembler);
      return {};
    },

    inspect({ file }) {
      at.image = at.backend.inspect(file);
      return at.image.info;
    },

    imageLines({ address, offset, count }) {
      if (!at.image) throw sessionErrors.noImageOpen();
      return at.image.disassemble(address, offset, count);
    },

    scan: ({ file, address }) => at.backend.scan(file, address),

    decode: (request) => at.backend.decode(request),

    decodeAt(place) {
      if (at.launched) return at.launched.guest.decodeAt(place);
      if (!at.image) throw sessionErrors.noImageOpen();
      return at.image.decodeAt(place);
    },
  }) satisfies Partial<Handlers>;
