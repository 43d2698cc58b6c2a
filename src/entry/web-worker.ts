/** The worker in a browser: a session server on the worker's own messages. */
import type { RequestMessage } from '../protocol/wire.js';
import { debugBackend } from '../session/debug-backend.js';
import type { SessionHost } from '../session/host.js';
import { SessionServer } from '../session/server.js';

/** Timers wait 4 ms at least; a message to oneself comes at once, and behind those that wait already. */
const soon = new MessageChannel();
const deferred: (() => void)[] = [];
soon.port1.onmessage = () => {
  deferred.shift()?.();
};

const webHost: SessionHost = {
  now: () => performance.now(),
  defer: (callback) => {
    deferred.push(callback);
    soon.port2.postMessage(null);
  },
  delay: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => {
      clearTimeout(timer);
    };
  },
};

new SessionServer(
  {
    post: (message, transfer) => {
      self.postMessage(message, { transfer: [...(transfer ?? [])] });
    },
    onMessage: (listener) => {
      self.onmessage = ({ data }: MessageEvent<RequestMessage>) => {
        listener(data);
      };
    },
  },
  webHost,
  debugBackend,
);
