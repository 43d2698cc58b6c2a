/** The registers of the BCM2835's timers, interrupt controller, GPIO, DMA and auxiliary peripherals (BCM2835 ARM Peripherals), for people. */
import { at, deviceRegister, type DeviceRegister } from '../mem/device-registers.js';
import { bitFields, bitForEach, type BitField } from '../util/bit-fields.js';

/** BCM2835 ARM Peripherals 12.1. */
export const systemTimerRegisters: readonly DeviceRegister[] = [
  deviceRegister('0x00 CS RW System Timer Control/Status', bitForEach(4, 'M', 'matched, compare'), {
    writes: 'ones clear matches',
  }),
  deviceRegister('0x04 CLO RO System Timer Counter, lower 32 bits: microseconds'),
  deviceRegister('0x08 CHI RO System Timer Counter, higher 32 bits'),
  ...[0, 1, 2, 3].map((n) => deviceRegister(`${at(0x0c + 4 * n)} C${n} RW System Timer Compare ${n}`)),
];

/** BCM2835 ARM Peripherals 14.2. The manual names no fields; the SP804's names stand for them. */
export const armTimerRegisters: readonly DeviceRegister[] = [
  deviceRegister('0x00 Load RW Load: where counting down begins', [], { writes: 'also starts counting from there' }),
  deviceRegister('0x04 Value RO Value: the count'),
  deviceRegister('0x08 Control RW Control', [
    '23:16 FreePre divisor of the free-running counter less 1',
    '9 FreeEn free-running counter: off|on',
    '8 DbgHalt stops in debug state',
    '7 TimerEn timer: off|on',
    '5 IntEnable interrupt: masked|enabled',
    '3:2 TimerPre clock divided by: 1|16|256|1',
    '1 TimerSize counter of: 16 bits|32 bits',
  ]),
  deviceRegister('0x0c IRQClear WO IRQ Clear/Ack', [], { writes: 'clears the interrupt, whatever is written' }),
  deviceRegister('0x10 RAWIRQ RO RAW IRQ', ['0 RAW interrupt: none|pending']),
  deviceRegister('0x14 MaskedIRQ RO Masked IRQ', ['0 Masked interrupt: none|pending and enabled']),
  deviceRegister('0x18 Reload RW Reload: where counting begins after the next zero'),
  deviceRegister('0x1c PreDivider RW Pre-divider', ['9:0 PreDivider divisor of the APB clock less 1']),
  deviceRegister('0x20 FreeRunning RO Free-running counter'),
];

/** The ARM's own interrupts, bit 0 first (7.5). */
export const ARM_IRQ_NAMES: readonly string[] = [
  'ARM timer',
  'ARM mailbox',
  'ARM doorbell 0',
  'ARM doorbell 1',
  'GPU 0 halted',
  'GPU 1 halted',
  'illegal access type 1',
  'illegal access type 0',
];

/** Lines of the GPU's side that basic pending shows one by one, bit 10 first (7.5). */
const SHORTCUTS = [7, 9, 10, 18, 19, 53, 54, 55, 56, 57, 62];

const armBits = (meaning: string): readonly BitField[] =>
  ARM_IRQ_NAMES.map((name, i) => bitFields(`${i} ARM${i} ${meaning} ${name}`)[0]).reverse();
const gpuBits = (first: number, meaning: string) => bitForEach(32, 'GPU', `${meaning} GPU IRQ`, 0, first);

/** BCM2835 ARM Peripherals 7.5. */
export const interruptRegisters: readonly DeviceRegister[] = [
  deviceRegister('0x00 IRQ_basic_pending RO IRQ basic pending', [
    ...SHORTCUTS.map((line, i) => bitFields(`${10 + i} GPU${line} pending GPU IRQ ${line}`)[0]).reverse(),
    ...bitFields('9 Pending2 something in IRQ_pending_2', '8 Pending1 something in IRQ_pending_1'),
    ...armBits('pending'),
  ]),
  deviceRegister('0x04 IRQ_pending_1 RO IRQ pending 1', gpuBits(0, 'pending')),
  deviceRegister('0x08 IRQ_pending_2 RO IRQ pending 2', gpuBits(32, 'pending')),
  deviceRegister('0x0c FIQ_control RW FIQ control', [
    '7 Enable FIQ: off|on',
    '6:0 Source line: 64=ARM timer|65=ARM mailbox',
  ]),
  deviceRegister('0x10 Enable_IRQs_1 RW Enable IRQs 1', gpuBits(0, 'enabled'), { writes: 'ones enable' }),
  deviceRegister('0x14 Enable_IRQs_2 RW Enable IRQs 2', gpuBits(32, 'enabled'), { writes: 'ones enable' }),
  deviceRegister('0x18 Enable_Basic_IRQs RW Enable Basic IRQs', armBits('enabled'), { writes: 'ones enable' }),
  deviceRegister('0x1c Disable_IRQs_1 RW Disable IRQs 1', gpuBits(0, 'disabled'), { writes: 'ones disable' }),
  deviceRegister('0x20 Disable_IRQs_2 RW Disable IRQs 2', gpuBits(32, 'disabled'), { writes: 'ones disable' }),
  deviceRegister('0x24 Disable_Basic_IRQs RW Disable Basic IRQs', armBits('disabled'), { writes: 'ones disable' }),
];

const PINS = 54;

/** A pair of registers with a bit for each pin. */
function pins(offset: number, name: string, access: string, title: string, meaning: string, writes?: string) {
  return [0, 1].map((i) =>
    deviceRegister(
      `${at(offset + 4 * i)} ${name}${i} ${access} ${title} ${i}`,
      bitForEach(i === 0 ? 32 : PINS - 32, 'pin', `${meaning}, pin`, 0, 32 * i),
      { group: title, ...(writes !== undefined && { writes }) },
    ),
  );
}

const FUNCTIONS = 'input|output|alternate 5|alternate 4|alternate 0|alternate 1|alternate 2|alternate 3';

/** BCM2835 ARM Peripherals 6.1. */
export const gpioRegisters: readonly DeviceRegister[] = [
  ...Array.from({ length: 6 }, (_, i) =>
    deviceRegister(
      `${at(4 * i)} GPFSEL${i} RW GPIO Function Select ${i}`,
      Array.from(
        { length: Math.min(10, PINS - 10 * i) },
        (_, n) => `${3 * n + 2}:${3 * n} FSEL${10 * i + n} pin ${10 * i + n}: ${FUNCTIONS}`,
      ).reverse(),
      { group: 'GPIO Function Select' },
    ),
  ),
  ...pins(0x1c, 'GPSET', 'WO', 'GPIO Pin Output Set', 'set', 'ones set outputs'),
  ...pins(0x28, 'GPCLR', 'WO', 'GPIO Pin Output Clear', 'clear', 'ones clear outputs'),
  ...pins(0x34, 'GPLEV', 'RO', 'GPIO Pin Level', 'level'),
  ...pins(0x40, 'GPEDS', 'RW', 'GPIO Pin Event Detect Status', 'event', 'ones clear events'),
  ...pins(0x4c, 'GPREN', 'RW', 'GPIO Pin Rising Edge Detect Enable', 'rising edge'),
  ...pins(0x58, 'GPFEN', 'RW', 'GPIO Pin Falling Edge Detect Enable', 'falling edge'),
  ...pins(0x64, 'GPHEN', 'RW', 'GPIO Pin High Detect Enable', 'high'),
  ...pins(0x70, 'GPLEN', 'RW', 'GPIO Pin Low Detect Enable', 'low'),
  ...pins(0x7c, 'GPAREN', 'RW', 'GPIO Pin Async. Rising Edge Detect', 'rising edge'),
  ...pins(0x88, 'GPAFEN', 'RW', 'GPIO Pin Async. Falling Edge Detect', 'falling edge'),
  deviceRegister('0x94 GPPUD RW GPIO Pin Pull-up/down Enable', [
    '1:0 PUD pull that GPPUDCLK gives to pins: none|down|up',
  ]),
  ...pins(
    0x98,
    'GPPUDCLK',
    'WO',
    'GPIO Pin Pull-up/down Enable Clock',
    'takes the pull',
    'pins of ones take the pull of GPPUD',
  ),
];

const dmaFields = {
  CS: bitFields(
    '31 RESET reset',
    '30 ABORT abort',
    '29 DISDEBUG not stopped by the debugger',
    '28 WAIT_FOR_OUTSTANDING_WRITES waits for outstanding writes',
    '23:20 PANIC_PRIORITY priority of panic transfers',
    '19:16 PRIORITY priority',
    '8 ERROR error',
    '6 WAITING_FOR_OUTSTANDING_WRITES waiting for outstanding writes',
    '5 DREQ_STOPS_DMA stopped: no request of the peripheral',
    '4 PAUSED paused',
    '3 DREQ request of the peripheral',
    '2 INT interrupt',
    '1 END transfer at its end',
    '0 ACTIVE active',
  ),
  TI: bitFields(
    '26 NO_WIDE_BURSTS no wide bursts',
    '25:21 WAITS wait cycles',
    '20:16 PERMAP peripheral that paces: none',
    '15:12 BURST_LENGTH burst length',
    '11 SRC_IGNORE source not read',
    '10 SRC_DREQ requests pace reads',
    '9 SRC_WIDTH source width: 32 bits|128 bits',
    '8 SRC_INC source address increments',
    '7 DEST_IGNORE destination not written',
    '6 DEST_DREQ requests pace writes',
    '5 DEST_WIDTH destination width: 32 bits|128 bits',
    '4 DEST_INC destination address increments',
    '3 WAIT_RESP waits for write responses',
    '1 TDMODE two-dimensional',
    '0 INTEN interrupt at the end',
  ),
  TXFR_LEN: bitFields('29:16 YLENGTH rows left, or bits 29:16 of the length', '15:0 XLENGTH bytes left in the row'),
  STRIDE: bitFields('31:16 D_STRIDE destination stride', '15:0 S_STRIDE source stride'),
  DEBUG: bitFields(
    '28 LITE lite channel',
    '27:25 VERSION version',
    '24:16 DMA_STATE state machine',
    '15:8 DMA_ID channel',
    '7:4 OUTSTANDING_WRITES outstanding writes',
    '2 READ_ERROR read error',
    '1 FIFO_ERROR FIFO error',
    '0 READ_LAST_NOT_SET_ERROR last read not set',
  ),
} as const;
const DMA_CHANNELS = 15;

/** BCM2835 ARM Peripherals 4.2.1. */
export const dmaRegisters: readonly DeviceRegister[] = [
  ...Array.from({ length: DMA_CHANNELS }, (_, n) => {
    const group = `Channel ${n}`;
    const of = (text: string, fields: readonly BitField[] = [], writes?: string) => {
      const [offset, name, ...rest] = text.split(' ');
      return deviceRegister(`${at(0x100 * n + Number(offset))} ${n}_${name} ${rest.join(' ')}`, fields, {
        group,
        ...(writes !== undefined && { writes }),
      });
    };
    return [
      of('0x00 CS RW Control and Status', dmaFields.CS, 'controls the channel; ones in INT and END clear them'),
      of('0x04 CONBLK_AD RW Control Block Address'),
      of('0x08 TI RO Transfer Information', dmaFields.TI),
      of('0x0c SOURCE_AD RO Source Address'),
      of('0x10 DEST_AD RO Destination Address'),
      of('0x14 TXFR_LEN RO Transfer Length', dmaFields.TXFR_LEN),
      of('0x18 STRIDE RO 2D Stride', dmaFields.STRIDE),
      of('0x1c NEXTCONBK RW Next Control Block Address'),
      of('0x20 DEBUG RW Debug', dmaFields.DEBUG, 'ones clear errors'),
    ];
  }).flat(),
  deviceRegister(
    '0xfe0 INT_STATUS RO Interrupt status of each channel',
    bitForEach(DMA_CHANNELS, 'INT', 'interrupt, channel'),
  ),
  deviceRegister('0xff0 ENABLE RW Global enable of each channel', bitForEach(DMA_CHANNELS, 'EN', 'enabled, channel')),
];

const auxBits = (meaning: string) =>
  bitFields(`2 SPI2 ${meaning} SPI 2`, `1 SPI1 ${meaning} SPI 1`, `0 MiniUART ${meaning} mini UART`);

/** BCM2835 ARM Peripherals 2.1 and 2.2.2, with the corrections that are known to the manual. */
export const auxRegisters: readonly DeviceRegister[] = [
  deviceRegister('0x00 AUX_IRQ RO Auxiliary Interrupt status', auxBits('interrupt,')),
  deviceRegister('0x04 AUX_ENABLES RW Auxiliary enables', auxBits('enabled,')),
  deviceRegister(
    '0x40 AUX_MU_IO_REG RW Mini Uart I/O Data',
    ['7:0 DATA character, or the baud rate register, low half'],
    {
      reads: 'takes the character from the receive FIFO',
      writes: 'sends the character',
    },
  ),
  deviceRegister('0x44 AUX_MU_IER_REG RW Mini Uart Interrupt Enable', [
    '1 Transmit transmit interrupt',
    '0 Receive receive interrupt',
  ]),
  deviceRegister(
    '0x48 AUX_MU_IIR_REG RW Mini Uart Interrupt Identify',
    [
      '7:6 FIFOs FIFO enables',
      '2:1 ID interrupt: none|transmitter empty|receiver holds a character',
      '0 Pending interrupt: pending|none',
    ],
    { writes: 'bits 2:1 clear the FIFOs' },
  ),
  deviceRegister('0x4c AUX_MU_LCR_REG RW Mini Uart Line Control', [
    '7 DLAB the first registers give the baud rate',
    '6 Break break',
    '1:0 Size character: 7 bits|1=7 bits|2=7 bits|3=8 bits',
  ]),
  deviceRegister('0x50 AUX_MU_MCR_REG RW Mini Uart Modem Control', ['1 RTS RTS: high|low']),
  deviceRegister(
    '0x54 AUX_MU_LSR_REG RO Mini Uart Line Status',
    [
      '6 Idle transmitter idle',
      '5 Empty transmitter takes a character',
      '1 Overrun receiver overrun',
      '0 Ready receiver holds a character',
    ],
    { reads: 'clears the overrun' },
  ),
  deviceRegister('0x58 AUX_MU_MSR_REG RO Mini Uart Modem Status', ['4 CTS CTS: high|low']),
  deviceRegister('0x5c AUX_MU_SCRATCH RW Mini Uart Scratch', ['7:0 Scratch a byte of yours']),
  deviceRegister('0x60 AUX_MU_CNTL_REG RW Mini Uart Extra Control', [
    '7 CTSLevel CTS assert level',
    '6 RTSLevel RTS assert level',
    '5:4 RTSAuto RTS with: 3 spaces left|2 spaces left|1 space left|4 spaces left',
    '3 TxAuto transmission waits for CTS',
    '2 RxAuto RTS follows the receive FIFO',
    '1 TxEnable transmitter: off|on',
    '0 RxEnable receiver: off|on',
  ]),
  deviceRegister('0x64 AUX_MU_STAT_REG RO Mini Uart Extra Status', [
    '27:24 TxFill characters in the transmit FIFO',
    '19:16 RxFill characters in the receive FIFO',
    '9 TxDone transmitter done',
    '8 TxEmpty transmit FIFO empty',
    '7 CTS CTS line',
    '6 RTS RTS status',
    '5 TxFull transmit FIFO full',
    '4 Overrun receiver overrun',
    '3 TxIdle transmitter idle',
    '2 RxIdle receiver idle',
    '1 Space space in the transmit FIFO',
    '0 Symbol character in the receive FIFO',
  ]),
  deviceRegister('0x68 AUX_MU_BAUD_REG RW Mini Uart Baudrate', ['15:0 Baudrate baud rate counter']),
];

/** BCM2835 ARM Peripherals 3.2. */
export const i2cRegisters: readonly DeviceRegister[] = [
  deviceRegister('0x00 C RW Control', [
    '15 I2CEN controller: off|on',
    '10 INTR interrupt on read',
    '9 INTT interrupt on write',
    '8 INTD interrupt when done',
    '7 ST start a transfer',
    '5:4 CLEAR clear the FIFO',
    '0 READ transfer: write|read',
  ]),
  deviceRegister(
    '0x04 S RW Status',
    [
      '9 CLKT clock stretched for too long',
      '8 ERR address not acknowledged',
      '7 RXF FIFO full',
      '6 TXE FIFO empty',
      '5 RXD FIFO holds data',
      '4 TXD FIFO takes data',
      '3 RXR FIFO wants to be read',
      '2 TXW FIFO wants to be written',
      '1 DONE transfer done',
      '0 TA transfer active',
    ],
    { writes: 'ones clear CLKT, ERR and DONE' },
  ),
  deviceRegister('0x08 DLEN RW Data Length', ['15:0 DLEN bytes']),
  deviceRegister('0x0c A RW Slave Address', ['6:0 ADDR address']),
  deviceRegister('0x10 FIFO RW Data FIFO', ['7:0 DATA byte'], { reads: 'takes a byte', writes: 'appends a byte' }),
  deviceRegister('0x14 DIV RW Clock Divider', ['15:0 CDIV divisor of the core clock']),
  deviceRegister('0x18 DEL RW Data Delay', ['31:16 FEDL falling edge delay', '15:0 REDL rising edge delay']),
  deviceRegister('0x1c CLKT RW Clock Stretch Timeout', ['15:0 TOUT clocks to wait']),
];
