import assert from 'node:assert/strict';
import { ModemInput, Pl011, ReceiveError } from '../../src/devices/pl011.js';
import { FakeClock, FakeLine, FakeLog, readAll } from './fakes.js';

const DR = 0x000;
const RSR = 0x004;
const FR = 0x018;
const IBRD = 0x024;
const FBRD = 0x028;
const LCR_H = 0x02c;
const CR = 0x030;
const IFLS = 0x034;
const IMSC = 0x038;
const RIS = 0x03c;
const MIS = 0x040;
const ICR = 0x044;
const FEN = 0x10;
const LBE = 0x80;
const ON = 0x301;
const RX = 0x10;
const TX = 0x20;
const RT = 0x40;
const OE = 0x400;
const REGISTERS = [RSR, FR, 0x20, IBRD, FBRD, LCR_H, CR, IFLS, IMSC, RIS, MIS, 0x48];

/** 115200 bits a second from 24 MHz: divisor 13 + 1/64. */
const BIT = (13 + 1 / 64) * 16 * (1e9 / 24e6);

function setUp(interruptOnFirstByte = false) {
  const clock = new FakeClock();
  const interrupt = new FakeLine();
  const log = new FakeLog();
  const sent: number[] = [];
  const sink = { write: (byte: number) => void sent.push(byte) };
  const make = () => new Pl011('pl011', { clock, interrupt, sink, log }, { uartClock: 24e6, interruptOnFirstByte });
  const uart = make();
  const on = () => {
    uart.write(IBRD, 4, 13);
    uart.write(FBRD, 4, 1);
    uart.write(LCR_H, 4, 0x60 | FEN);
    uart.write(CR, 4, ON);
  };
  return { clock, interrupt, log, sent, uart, on, make };
}

describe('pl011', () => {
  it('comes up as the manual says', () => {
    const { uart } = setUp();
    assert.deepEqual(readAll(uart, REGISTERS), [0, 0x90, 0, 0, 0, 0, 0x300, 0x12, 0, 0, 0, 0]);
  });

  it('identifies itself, by words, halfwords and bytes', () => {
    const { uart } = setUp();
    const id = [0xfe0, 0xfe4, 0xfe8, 0xfec, 0xff0, 0xff4, 0xff8, 0xffc];
    assert.deepEqual(readAll(uart, id), [0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1]);
    assert.equal(uart.read(0xfe4, 1), 0x10);
    assert.equal(uart.read(0xfe4, 2), 0x10);
    assert.equal(uart.read(0xfe5, 1), 0);
  });

  it('sends at once, and raises the transmit interrupt', () => {
    const { uart, on, sent, interrupt } = setUp();
    on();
    uart.write(IMSC, 4, TX);
    assert.equal(interrupt.level, false);
    uart.write(DR, 1, 0x41);
    assert.deepEqual(sent, [0x41]);
    assert.equal(interrupt.level, true);
    assert.equal(uart.read(FR, 4), 0x90);
    uart.write(ICR, 4, TX);
    assert.equal(interrupt.level, false);
  });

  it('sends while disabled, and says so once', () => {
    const { uart, sent, log } = setUp();
    uart.write(DR, 4, 0x41);
    uart.write(DR, 4, 0x42);
    assert.deepEqual(sent, [0x41, 0x42]);
    assert.equal(log.messages.length, 1);
  });

  it('holds one byte without FIFOs and sixteen with them', () => {
    const { uart, on } = setUp();
    assert.equal(uart.receive(1), true);
    assert.equal(uart.read(FR, 4), 0xc0);
    assert.equal(uart.receive(2), false);
    on();
    assert.equal(uart.read(FR, 4), 0x90, 'changing FEN flushes');
    for (let i = 0; i < 16; i++) assert.equal(uart.receive(i), true);
    assert.equal(uart.receive(99), false);
    assert.equal(uart.read(FR, 4), 0xc0);
    for (let i = 0; i < 16; i++) assert.equal(uart.read(DR, 4), i);
    assert.equal(uart.read(FR, 4), 0x90);
    assert.equal(uart.read(DR, 4), 0);
  });

  it('raises the receive interrupt at the trigger level and drops it below', () => {
    for (const [select, level] of [2, 4, 8, 12, 14].entries()) {
      const { uart, on, interrupt } = setUp();
      on();
      uart.write(IFLS, 4, select << 3);
      uart.write(IMSC, 4, RX);
      for (let i = 1; i < level; i++) uart.receive(i);
      assert.equal(interrupt.level, false, `level ${level}`);
      uart.receive(level);
      assert.equal(interrupt.level, true, `level ${level}`);
      uart.read(DR, 4);
      assert.equal(interrupt.level, false, `level ${level}`);
    }
  });

  it('raises the receive interrupt with the first byte where the board wants it', () => {
    const { uart, on, interrupt } = setUp(true);
    on();
    uart.write(IMSC, 4, RX);
    uart.receive(1);
    uart.receive(2);
    assert.equal(interrupt.level, true);
    uart.read(DR, 4);
    assert.equal(interrupt.level, true);
    uart.read(DR, 4);
    assert.equal(interrupt.level, false);
  });

  it('times out 32 bit periods after the last byte, until the FIFO is empty', () => {
    const { uart, on, clock, interrupt } = setUp();
    on();
    uart.write(IMSC, 4, RT);
    uart.receive(1);
    clock.advance(20 * BIT);
    uart.receive(2);
    clock.advance(31.9 * BIT);
    assert.equal(interrupt.level, false);
    clock.advance(0.2 * BIT);
    assert.equal(interrupt.level, true);
    uart.read(DR, 4);
    assert.equal(interrupt.level, true);
    uart.read(DR, 4);
    assert.equal(interrupt.level, false);
    assert.equal(clock.waiting, 0);
  });

  it('does not time out once the FIFO is empty', () => {
    const { uart, on, clock } = setUp();
    on();
    uart.receive(1);
    uart.read(DR, 4);
    clock.advance(1e9);
    assert.equal(uart.read(RIS, 4) & RT, 0);
  });

  it('takes the baud rate when UARTLCR_H is written', () => {
    const { uart, on, clock } = setUp();
    on();
    uart.write(IBRD, 4, 1);
    uart.receive(1);
    clock.advance(31 * BIT);
    assert.equal(uart.read(RIS, 4) & RT, 0);
    uart.read(DR, 4);
    uart.write(LCR_H, 4, 0x60 | FEN);
    uart.receive(1);
    clock.advance(4 * BIT);
    assert.equal(uart.read(RIS, 4) & RT, RT);
  });

  it('overruns: the byte is lost, the next one stored tells', () => {
    const { uart, on } = setUp();
    on();
    for (let i = 0; i < 17; i++) uart.receiveUnchecked(i, 0);
    assert.equal(uart.read(RIS, 4) & OE, OE);
    assert.equal(uart.read(RSR, 4), 8);
    assert.equal(uart.read(DR, 4), 0);
    uart.receiveUnchecked(0x55, 0);
    for (let i = 1; i < 16; i++) assert.equal(uart.read(DR, 4), i);
    assert.equal(uart.read(DR, 4), 0x855);
    uart.write(RSR, 4, 0);
    assert.equal(uart.read(RSR, 4), 0);
  });

  it('marks framing and parity errors and breaks', () => {
    const { uart, on } = setUp();
    on();
    uart.receiveUnchecked(0x31, ReceiveError.framing);
    uart.receiveUnchecked(0x32, ReceiveError.parity);
    uart.receiveBreak();
    assert.equal(uart.read(RIS, 4) & 0x380, 0x380);
    const seen = [];
    for (let i = 0; i < 3; i++) seen.push(uart.read(DR, 4), uart.read(RSR, 4));
    assert.deepEqual(seen, [0x131, 1, 0x232, 2, 0x400, 4]);
    uart.write(ICR, 4, 0x7ff);
    assert.equal(uart.read(RIS, 4), 0);
  });

  it('loops back data, breaks and modem lines, and takes nothing from outside then', () => {
    const { uart, on } = setUp();
    on();
    uart.write(CR, 4, ON | LBE | 0x800 | 0x2000);
    assert.equal(uart.receive(1), false);
    uart.write(DR, 4, 0x5a);
    assert.equal(uart.read(DR, 4), 0x5a);
    assert.equal(uart.read(FR, 4) & 0x107, 0x101, 'RTS to CTS, Out2 to RI');
    assert.equal(uart.read(RIS, 4) & 0xf, 0x3);
    uart.write(LCR_H, 4, 0x60 | FEN | 1);
    assert.equal(uart.read(DR, 4), 0x400);
  });

  it('reports changes of the modem inputs', () => {
    const { uart, interrupt } = setUp();
    uart.write(IMSC, 4, 0xf);
    uart.setModemInputs(ModemInput.CTS | ModemInput.DCD);
    assert.equal(interrupt.level, true);
    assert.equal(uart.read(FR, 4) & 0x107, 0x5);
    assert.equal(uart.read(MIS, 4), 0x6);
    uart.write(ICR, 4, 0xf);
    uart.setModemInputs(ModemInput.DSR | ModemInput.RI);
    assert.equal(uart.read(MIS, 4), 0xf);
  });

  it('tells when there is room again', () => {
    const { uart, on } = setUp();
    on();
    let room = 0;
    uart.onRoom = () => room++;
    for (let i = 0; i < 16; i++) uart.receive(i);
    uart.read(DR, 4);
    assert.equal(room, 0, 'nothing was refused');
    uart.receive(16);
    assert.equal(uart.receive(17), false);
    uart.read(DR, 4);
    uart.read(DR, 4);
    assert.equal(room, 1);
    uart.write(CR, 4, 0x101);
    assert.equal(uart.receive(18), false, 'receiver off');
    uart.write(CR, 4, ON);
    assert.equal(room, 2);
  });

  it('logs what no register answers', () => {
    const { uart, log } = setUp();
    assert.equal(uart.read(0x50, 4), 0);
    uart.write(0x90, 4, 1);
    assert.deepEqual(
      log.messages.map((m) => m.split(',')[0]),
      ['pl011: read of offset 0x50', 'pl011: write of 0x1 to offset 0x90'],
    );
  });

  it('keeps reserved bits zero', () => {
    const { uart } = setUp();
    for (const offset of [0x20, IBRD, FBRD, LCR_H, CR, IFLS, IMSC, 0x48]) uart.write(offset, 4, 0xffffffff);
    assert.deepEqual(
      readAll(uart, [0x20, IBRD, FBRD, LCR_H, CR, IFLS, IMSC, 0x48]),
      [0xff, 0xffff, 0x3f, 0xff, 0xff87, 0x3f, 0x7ff, 7],
    );
  });

  it('continues after restore as it went on after save', () => {
    const { uart, on, clock, interrupt, make } = setUp();
    on();
    uart.write(IMSC, 4, RT | RX | OE);
    uart.write(0x20, 4, 5);
    for (let i = 0; i < 18; i++) uart.receiveUnchecked(i, i & 1);
    for (let i = 0; i < 13; i++) uart.read(DR, 4);
    uart.write(ICR, 4, 0x7ff);
    clock.advance(10 * BIT);
    const saved = structuredClone(uart.save());
    const at = clock.now();
    const goOn = (device: Pl011): unknown[] => {
      const trace: unknown[] = [readAll(device, REGISTERS), interrupt.level];
      clock.advance(21.9 * BIT);
      trace.push(interrupt.level);
      clock.advance(0.2 * BIT);
      trace.push(interrupt.level, readAll(device, REGISTERS));
      device.receive(0x77);
      for (let i = 0; i < 4; i++) trace.push(device.read(DR, 4), interrupt.level);
      return trace;
    };
    const expected = goOn(uart);
    clock.rewind(at);
    uart.restore(saved);
    assert.deepEqual(goOn(uart), expected);
    clock.rewind(at);
    const other = make();
    other.restore(saved);
    assert.deepEqual(goOn(other), expected);
    assert.ok(expected.includes(true) && expected.includes(false));
  });

  it('resets to power-on', () => {
    const { uart, on, clock, interrupt, make } = setUp();
    on();
    uart.write(IMSC, 4, 0x7ff);
    uart.receive(1);
    uart.write(DR, 4, 1);
    uart.reset();
    assert.equal(interrupt.level, false);
    assert.equal(clock.waiting, 0);
    assert.deepEqual(uart.save(), make().save());
  });
});
