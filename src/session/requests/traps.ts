/** Requests about traps: which to stop at, which to tell of, what is kept of them. */
import { exportPart } from '../trap-export.js';
import type { Handlers, SessionState } from '../state.js';

export const trapRequests = (at: SessionState) =>
  ({
    setTrapFilters({ owner, classes }) {
      at.trapWishes.setFilters(owner, classes);
      at.launched?.guest.setTrapFilters(at.trapWishes.filters);
      // other words may be planted now
      at.launched?.refreshListings();
    },

    subscribeTraps(params) {
      at.trapWishes.subscription = params;
      at.launched?.live.subscribe(params);
    },

    traps: ({ before, maximum, filter }) => at.session.live.traps.page(before, maximum, filter),

    clearTraps() {
      const { live } = at.session;
      live.traps.clear();
      live.flush();
    },

    keepTrapHistory({ on }) {
      at.trapWishes.keepsHistory = on;
      at.launched?.keepHistory(on);
    },

    timeline: (query) => at.session.guest.views.timeline(query),

    timelineRows: (query) => at.session.guest.views.timelineRows(query),

    trapDetail: ({ sequence }) => at.session.guest.views.trapDetail(sequence) ?? null,

    exportTraps: (query) => exportPart(at.session.guest.views, query),
  }) satisfies Partial<Handlers>;
