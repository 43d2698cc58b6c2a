/** A session in the same thread as its client: for the command line, which has nothing else to do. */
import type { RequestMessage, ToClient, WorkerChannel } from '../protocol/wire.js';
import type { Backend } from './backend.js';
import type { SessionHost } from './host.js';
import { SessionServer } from './server.js';

/** Messages are handed over as they are, in order, never within the call that posts them. */
export function openLocal(host: SessionHost, backend: Backend): WorkerChannel {
  let toServer: (message: RequestMessage) => void = () => {};
  let toClient: (message: ToClient) => void = () => {};
  let open = true;
  new SessionServer(
    {
      post: (message) => {
        queueMicrotask(() => {
          if (open) toClient(message);
        });
      },
      onMessage: (listener) => {
        toServer = listener;
      },
    },
    // a closed session runs no more
    {
      now: () => host.now(),
      defer: (callback) => {
        host.defer(() => {
          if (open) callback();
        });
      },
      delay: (ms, callback) =>
        host.delay(ms, () => {
          if (open) callback();
        }),
    },
    backend,
  );
  return {
    post: (message) => {
      queueMicrotask(() => {
        if (open) toServer(message);
      });
    },
    onMessage: (listener) => {
      toClient = listener;
    },
    onDeath: () => {},
    close: () => {
      open = false;
    },
  };
}
