/** Requests that start, move and end a guest, and tell how it goes. */
import { Launched } from '../launched.js';
import type { Handlers, SessionState } from '../state.js';

export const runRequests = (at: SessionState) =>
  ({
    launch(params) {
      at.launched?.dispose();
      // its memory goes before the next guest's comes
      at.launched = undefined;
      const launched = new Launched(params, at.backend, at.host, (event, body, transfer) => {
        at.send(event, body, transfer);
      });
      at.launched = launched;
      const { guest, live } = launched;
      at.trapWishes.applyTo(launched);
      at.send('status', live.status());
      return { trapClasses: guest.trapClasses(), status: live.status() };
    },

    continue() {
      at.session.resume((guest) => {
        guest.continue();
      });
    },

    step({ unit, kind }) {
      at.session.resume((guest) => {
        if (unit === 'instruction') guest.stepInstruction(kind);
        else guest.stepLine(kind);
      });
    },

    runTo({ address }) {
      at.session.resume((guest) => {
        guest.runTo(address >>> 0);
      });
    },

    finish() {
      at.launched?.finish();
    },

    pause() {
      at.session.runner.pause();
    },

    input({ bytes }) {
      const { guest, runner } = at.session;
      guest.input(bytes);
      runner.wake();
    },

    setLevel({ level }) {
      at.session.setLevel(level);
    },

    status: () => at.session.live.status(),

    statistics: () => at.session.guest.statistics(),

    report: () => at.session.guest.report(),
  }) satisfies Partial<Handlers>;
