/** The line to the extension, typed by panel. */

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

export interface Host<Out, In> {
  send(message: Out): void;
  listen(listener: (message: In) => void): void;
  /** What was kept when the panel was last hidden. */
  recall<T>(): T | undefined;
  keep(state: unknown): void;
}

/** May be called once per page. */
export function connect<Out, In>(): Host<Out, In> {
  const api = acquireVsCodeApi();
  return {
    send: (message) => {
      api.postMessage(message);
    },
    listen: (listener) => {
      window.addEventListener('message', ({ data }: MessageEvent<In>) => {
        listener(data);
      });
    },
    recall: <T>() => api.getState() as T | undefined,
    keep: (state) => {
      api.setState(state);
    },
  };
}
