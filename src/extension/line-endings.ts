/** Line ends of a serial line as a terminal needs them. */

const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;

/** Guests that send bare line feeds expect the terminal to return the carriage. */
export class LineEndings {
  private last = 0;

  /** The same bytes, with a carriage return before every line feed that has none. */
  translate(bytes: Uint8Array): Uint8Array {
    let bare = 0;
    for (let i = 0, last = this.last; i < bytes.length; last = bytes[i++]) {
      if (bytes[i] === LINE_FEED && last !== CARRIAGE_RETURN) bare++;
    }
    const result = new Uint8Array(bytes.length + bare);
    let at = 0;
    for (const byte of bytes) {
      if (byte === LINE_FEED && this.last !== CARRIAGE_RETURN) result[at++] = CARRIAGE_RETURN;
      result[at++] = byte;
      this.last = byte;
    }
    return result;
  }
}
