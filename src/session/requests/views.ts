/** Requests of the panels and views, which the debugger's own views answer. */
import type { Handlers, SessionState } from '../state.js';

export const viewRequests = (at: SessionState) =>
  ({
    sites: (query) => at.session.guest.views.sites(query),

    site: ({ key }) => at.session.guest.views.site(key) ?? null,

    blocks(query) {
      const { guest, counting } = at.session;
      if (query.counting) counting.renew();
      return guest.views.blocks(query);
    },

    analysisMap: (query) => at.session.guest.views.analysisMap(query),

    findCode: (query) => at.session.guest.views.findCode(query),

    interrupts: (query) => at.session.guest.views.interrupts(query),

    driveInterrupt(drive) {
      const { guest, runner } = at.session;
      guest.views.driveInterrupt(drive);
      runner.wake();
      at.send('edited', {});
    },

    registerGroups: () => at.session.guest.views.registerGroups(),

    registers: ({ group }) => at.session.guest.views.registers(group),

    register: ({ id }) => at.session.guest.views.register(id),

    registerNames: () => at.session.guest.views.registerNames(),

    setRegister({ id, field, expression }) {
      const session = id.includes(':') ? at.session : at.halted;
      const register = session.guest.views.setRegister(id, field, expression);
      session.runner.wake();
      at.send('edited', {});
      return register;
    },

    mmuState: ({ space }) => at.session.guest.views.mmu.state(space),

    mmuRanges: (query) => at.session.guest.views.mmu.ranges(query),

    mmuTranslate: (query) => at.session.guest.views.mmu.translate(query),

    mmuTlb: (query) => at.session.guest.views.mmu.tlb(query),

    memoryMap: () => at.session.guest.views.memory.map(),

    memoryBytes: (query) => at.session.guest.views.memory.read(query),

    memoryStore(params) {
      const written = at.session.guest.views.memory.write(params);
      at.session.refreshListings();
      at.send('edited', {});
      return written;
    },

    memoryAddress: ({ expression }) => at.session.guest.views.memory.address(expression),

    memorySearch: (query) => at.session.guest.views.memory.search(query),
  }) satisfies Partial<Handlers>;
