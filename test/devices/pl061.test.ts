import assert from 'node:assert/strict';
import { GpioKey } from '../../src/devices/gpio-key.js';
import { Pl061 } from '../../src/devices/pl061.js';
import { FakeClock, FakeLine, FakeLog, readAll } from './fakes.js';

const DATA = 0x3fc;
const DIR = 0x400;
const IS = 0x404;
const IBE = 0x408;
const IEV = 0x40c;
const IE = 0x410;
const RIS = 0x414;
const MIS = 0x418;
const IC = 0x41c;
const AFSEL = 0x420;
const REGISTERS = [DATA, DIR, IS, IBE, IEV, IE, RIS, MIS, AFSEL];

function setUp() {
  const interrupt = new FakeLine();
  const log = new FakeLog();
  const make = () => new Pl061('pl061', interrupt, log);
  return { interrupt, log, gpio: make(), make };
}

describe('pl061', () => {
  it('identifies itself', () => {
    const { gpio } = setUp();
    const id = [0xfe0, 0xfe4, 0xfe8, 0xfec, 0xff0, 0xff4, 0xff8, 0xffc];
    assert.deepEqual(readAll(gpio, id), [0x61, 0x10, 0x04, 0x00, 0x0d, 0xf0, 0x05, 0xb1]);
  });

  it('reads inputs and drives outputs, through the mask in the address', () => {
    const { gpio } = setUp();
    gpio.write(DIR, 1, 0xf0);
    gpio.write(DATA, 1, 0xff);
    assert.equal(gpio.read(DATA, 1), 0xf0, 'only outputs take what is written');
    gpio.setInput(0, true);
    gpio.setInput(7, true);
    assert.equal(gpio.read(DATA, 4), 0xf1);
    assert.equal(gpio.read(0x3c << 2, 1), 0x30);
    gpio.write(0x10 << 2, 1, 0);
    assert.equal(gpio.levels(), 0xe1);
  });

  it('latches rising, falling and both edges', () => {
    const { gpio, interrupt } = setUp();
    gpio.write(IEV, 1, 0x01);
    gpio.write(IBE, 1, 0x04);
    gpio.write(IE, 1, 0x07);
    gpio.setInput(0, true);
    assert.deepEqual(readAll(gpio, [RIS, MIS]), [1, 1]);
    assert.equal(interrupt.level, true);
    gpio.setInput(0, false);
    assert.equal(gpio.read(RIS, 1), 1);
    gpio.write(IC, 1, 1);
    assert.equal(interrupt.level, false);
    gpio.setInput(1, true);
    assert.equal(gpio.read(RIS, 1), 0);
    gpio.setInput(1, false);
    assert.equal(gpio.read(RIS, 1), 2);
    gpio.setInput(2, true);
    assert.equal(gpio.read(RIS, 1), 6);
    gpio.write(IC, 1, 0xff);
    gpio.setInput(2, false);
    assert.equal(gpio.read(RIS, 1), 4);
  });

  it('follows the level of level-sensitive pins', () => {
    const { gpio, interrupt } = setUp();
    gpio.write(IS, 1, 0x03);
    gpio.write(IEV, 1, 0x01);
    gpio.write(IE, 1, 0x03);
    assert.equal(gpio.read(RIS, 1), 2, 'pin 1 is low, as it wants');
    gpio.setInput(1, true);
    assert.equal(interrupt.level, false);
    gpio.setInput(0, true);
    assert.equal(interrupt.level, true);
    gpio.write(IC, 1, 1);
    assert.equal(interrupt.level, true, 'GPIOIC clears edges only');
    gpio.setInput(0, false);
    assert.equal(interrupt.level, false);
  });

  it('does not interrupt for outputs or masked pins', () => {
    const { gpio, interrupt } = setUp();
    gpio.write(DIR, 1, 0x01);
    gpio.write(IEV, 1, 0xff);
    gpio.write(IE, 1, 0x01);
    gpio.setInput(0, true);
    gpio.setInput(3, true);
    assert.equal(interrupt.level, false);
    assert.equal(gpio.read(RIS, 1), 8);
  });

  it('gives a press of the power button as a pulse', () => {
    const { gpio, interrupt } = setUp();
    const clock = new FakeClock();
    const key = new GpioKey(clock, gpio.input(3));
    gpio.write(IBE, 1, 8);
    gpio.write(IE, 1, 8);
    key.press();
    assert.equal(gpio.read(8 << 2, 1), 8);
    assert.equal(interrupt.level, true);
    clock.advance(50e6);
    const saved = structuredClone(key.save());
    clock.advance(49e6);
    assert.equal(gpio.read(DATA, 1), 8);
    clock.advance(1e6);
    assert.equal(gpio.read(DATA, 1), 0);
    clock.rewind(50e6);
    key.restore(saved);
    assert.equal(gpio.read(DATA, 1), 8);
    clock.advance(50e6);
    assert.equal(gpio.read(DATA, 1), 0);
    key.press();
    key.reset();
    assert.equal(gpio.read(DATA, 1), 0);
    assert.equal(clock.waiting, 0);
  });

  it('continues after restore as it went on after save', () => {
    const { gpio, interrupt, make } = setUp();
    for (const [i, offset] of [DIR, IS, IBE, IEV, IE, AFSEL].entries()) gpio.write(offset, 1, 0x0f << i);
    gpio.write(DATA, 1, 0xa5);
    for (const pin of [1, 4, 6]) gpio.setInput(pin, true);
    const saved = structuredClone(gpio.save());
    const goOn = (device: Pl061): unknown[] => {
      const trace: unknown[] = [];
      for (let pin = 0; pin < 8; pin++) {
        device.setInput(pin, pin % 3 === 0);
        trace.push(readAll(device, REGISTERS), interrupt.level);
      }
      device.write(IC, 1, 0xff);
      trace.push(readAll(device, REGISTERS), interrupt.level);
      return trace;
    };
    const expected = goOn(gpio);
    const other = make();
    other.restore(saved);
    assert.deepEqual(goOn(other), expected);
    gpio.reset();
    assert.deepEqual(readAll(gpio, REGISTERS).slice(1), [0, 0, 0, 0, 0, 0, 0, 0]);
    assert.equal(interrupt.level, false);
  });

  it('logs what no register answers', () => {
    const { gpio, log } = setUp();
    gpio.read(0x500, 4);
    gpio.write(0x414, 4, 1);
    assert.equal(log.messages.length, 2);
  });
});
