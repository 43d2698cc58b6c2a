/**
 * The registers of those blocks of the BCM2835 that its manual leaves out, for people: mailboxes, power, clocks, random numbers, thermometer, bridges,
 * SD host. Names are those of the Raspberry Pi's firmware and of Linux.
 */
import { at, deviceRegister, type DeviceRegister } from '../mem/device-registers.js';
import { bitFields, type BitField } from '../util/bit-fields.js';

const message = bitFields('31:4 Data data', '3:0 Channel channel: power|framebuffer|8=property tags|15=none: empty');
const status = bitFields('31 Full full', '30 Empty empty', '7:0 Level messages that wait');

export const mailboxRegisters: readonly DeviceRegister[] = [
  deviceRegister('0x80 MAIL0_READ RO Mailbox 0 read', message, { reads: 'takes the message' }),
  deviceRegister('0x90 MAIL0_PEEK RO Mailbox 0, next message', message),
  deviceRegister('0x94 MAIL0_SENDER RO Mailbox 0 sender', ['1:0 Sender sender']),
  deviceRegister('0x98 MAIL0_STATUS RO Mailbox 0 status', status),
  deviceRegister('0x9c MAIL0_CONFIG RW Mailbox 0 configuration', [
    '4 DataPending interrupt: a message waits',
    '3 Clear clear',
    '2 OppositeIRQ interrupt when mailbox 1 is empty',
    '1 SpaceIRQ interrupt when there is space',
    '0 DataIRQ interrupt when a message waits',
  ]),
  deviceRegister('0xa0 MAIL1_WRITE WO Mailbox 1 write', message, { writes: 'sends a message' }),
  deviceRegister('0xb8 MAIL1_STATUS RO Mailbox 1 status', status),
];

const PASSWORD = 'needs 0x5a in bits 31:24';
const domain = (...resets: readonly string[]) =>
  bitFields(
    ...resets.map((name, i) => `${6 + i} ${name} out of reset`).reverse(),
    '5 ISFUNC isolation of functions off',
    '4 MRDONE memory repaired',
    '3 MEMREP repair memory',
    '2 ISPOW isolation of power off',
    '1 POWOK power is good',
    '0 POWUP power on',
  );

export const powerRegisters: readonly DeviceRegister[] = [
  deviceRegister(
    '0x1c PM_RSTC RW Reset control',
    ['5:4 WRCFG the watchdog: does nothing|2=resets the chip', '1:0 DRCFG debug reset'],
    { writes: PASSWORD },
  ),
  deviceRegister(
    '0x20 PM_RSTS RW Reset status, and the partition to start from',
    [
      '12 HADPOR was powered on',
      '10 HADSRH had a hard software reset',
      '9 HADSRF had a full software reset',
      '8 HADSRQ had a quick software reset',
      '6 HADWRH had a hard watchdog reset',
      '5 HADWRF had a full watchdog reset',
      '4 HADWRQ had a quick watchdog reset',
      '2 HADDRH had a hard debug reset',
      '1 HADDRF had a full debug reset',
      '0 HADDRQ had a quick debug reset',
    ],
    { writes: PASSWORD },
  ),
  deviceRegister('0x24 PM_WDOG RW Watchdog', ['19:0 TIME ticks of 1/65,536 s left'], { writes: PASSWORD }),
  deviceRegister('0x108 PM_IMAGE RW Power domain of the image blocks', domain('PERIRSTN', 'H264RSTN', 'ISPRSTN'), {
    writes: PASSWORD,
  }),
  deviceRegister('0x10c PM_GRAFX RW Power domain of the 3D block', domain('V3DRSTN'), { writes: PASSWORD }),
  deviceRegister('0x110 PM_PROC RW Power domain of the processor', domain('ARMRSTN'), { writes: PASSWORD }),
];

const generatorControl = bitFields(
  '10:9 MASH noise shaping: whole divisor|1 stage|2 stages|3 stages',
  '8 FLIP inverted',
  '7 BUSY running',
  '5 KILL stop at once',
  '4 ENAB enable',
  '3:0 SRC source: ground|oscillator|debug 0|debug 1|PLLA|PLLC|PLLD|HDMI auxiliary',
);
const generatorDivisor = bitFields('23:12 DIVI divisor, whole part', '11:0 DIVF divisor, in 4096ths');
const GENERATORS: Readonly<Record<string, number>> = {
  GNRIC: 0x000,
  VPU: 0x008,
  SYS: 0x010,
  PERIA: 0x018,
  PERII: 0x020,
  H264: 0x028,
  ISP: 0x030,
  V3D: 0x038,
  CAM0: 0x040,
  CAM1: 0x048,
  CCP2: 0x050,
  DSI0E: 0x058,
  DSI0P: 0x060,
  DPI: 0x068,
  GP0: 0x070,
  GP1: 0x078,
  GP2: 0x080,
  HSM: 0x088,
  OTP: 0x090,
  PCM: 0x098,
  PWM: 0x0a0,
  SLIM: 0x0a8,
  SMI: 0x0b0,
  TEC: 0x0c8,
  TSENS: 0x0e0,
  TIMER: 0x0e8,
  UART: 0x0f0,
  VEC: 0x0f8,
  DSI1E: 0x158,
  DSI1P: 0x160,
  DFT: 0x168,
  PULSE: 0x190,
  SDC: 0x1a8,
  ARM: 0x1b0,
  AVEO: 0x1b8,
  EMMC: 0x1c0,
};
/** Offsets of the PLLs' registers within each kind. */
const PLLS: Readonly<Record<string, number>> = { PLLA: 0x00, PLLC: 0x20, PLLD: 0x40, PLLH: 0x60, PLLB: 0xe0 };
const PLL_SWITCHES: Readonly<Record<string, number>> = {
  PLLA: 0x104,
  PLLC: 0x108,
  PLLD: 0x10c,
  PLLH: 0x110,
  PLLB: 0x170,
};
/** Channels, four of each PLL, 0x100 apart from 0x1300 on. */
const CHANNELS: Readonly<Record<string, readonly string[]>> = {
  PLLA: ['DSI0', 'CORE', 'PER', 'CCP2'],
  PLLC: ['CORE2', 'CORE1', 'PER', 'CORE0'],
  PLLD: ['DSI0', 'CORE', 'PER', 'DSI1'],
  PLLH: ['AUX', 'RCAL', 'PIX', 'STS'],
  PLLB: ['ARM', 'SP0', 'SP1', 'SP2'],
};

function clock(text: string, fields: readonly BitField[], group: string): DeviceRegister {
  return deviceRegister(text, fields, { group, writes: PASSWORD });
}

export const clockRegisters: readonly DeviceRegister[] = [
  ...Object.entries(GENERATORS).flatMap(([name, offset]) => [
    clock(`${at(offset)} CM_${name}CTL RW Control of the clock ${name}`, generatorControl, 'Generators'),
    clock(`${at(offset + 4)} CM_${name}DIV RW Divisor of the clock ${name}`, generatorDivisor, 'Generators'),
  ]),
  ...Object.entries(PLL_SWITCHES).map(([name, offset]) =>
    clock(
      `${at(offset)} CM_${name} RW Switches of ${name}'s channels`,
      bitFields('9 DIGRST digital reset', '8 ANARST analogue reset'),
      'PLLs',
    ),
  ),
  deviceRegister(
    '0x114 CM_LOCK RO PLLs that have locked',
    ['12 FLOCKH PLLH', '11 FLOCKD PLLD', '10 FLOCKC PLLC', '9 FLOCKB PLLB', '8 FLOCKA PLLA'],
    { group: 'PLLs' },
  ),
  ...Object.entries(PLLS).flatMap(([name, offset]) => [
    ...[0, 1, 2, 3].map((n) =>
      clock(`${at(0x1010 + offset + 4 * n)} A2W_${name}_ANA${n} RW Analogue settings ${n} of ${name}`, [], 'PLLs'),
    ),
    clock(
      `${at(0x1100 + offset)} A2W_${name}_CTRL RW Control of ${name}`,
      bitFields(
        '17 PRST_DISABLE out of reset',
        '16 PWRDN powered down',
        '14:12 PDIV divisor before',
        '9:0 NDIV multiplier, whole part',
      ),
      'PLLs',
    ),
    clock(
      `${at(0x1200 + offset)} A2W_${name}_FRAC RW Multiplier of ${name}`,
      bitFields('19:0 FRAC multiplier, in 2^20ths'),
      'PLLs',
    ),
    ...CHANNELS[name].map((channel, n) =>
      clock(
        `${at(0x1300 + 0x100 * n + offset)} A2W_${name}_${channel} RW Channel ${channel} of ${name}`,
        bitFields('8 CHENB channel: on|off', '7:0 DIV divisor'),
        'PLLs',
      ),
    ),
  ]),
];

export const rngRegisters: readonly DeviceRegister[] = [
  deviceRegister('0x0 RNG_CTRL RW Control', ['1 RBG2X twice as fast', '0 RBGEN generator: off|on']),
  deviceRegister('0x4 RNG_STATUS RW Status', [
    '31:24 COUNT words that are ready',
    '19:0 WARMUP words to discard first',
  ]),
  deviceRegister('0x8 RNG_DATA RO Random number', [], { reads: 'takes the number; the next one follows' }),
  deviceRegister('0xc RNG_FF_THRESHOLD RW FIFO threshold of the interrupt'),
];

export const thermalRegisters: readonly DeviceRegister[] = [
  deviceRegister('0x0 TSENSCTL RW Control', [
    '26 REGULEN regulator',
    '25:18 RSTDELAY reset delay',
    '17:8 THOLD threshold of the interrupt',
    '7 CLR_INT clear the interrupt',
    '5 EN_INT interrupt: masked|enabled',
    '4:2 CTRL control',
    '1 RSTB out of reset',
    '0 PRWDW powered down',
  ]),
  deviceRegister('0x4 TSENSSTAT RO Status', [
    '11 INTERRUPT interrupt',
    '10 VALID the reading is valid',
    '9:0 DATA reading r: 407 - 0.538 r degrees',
  ]),
];

const bridge = bitFields('3 FULL full', '2 EMPTY empty', '1 ACK has stopped', '0 REQ_STOP asked to stop');

export const bridgeRegisters: readonly DeviceRegister[] = [
  ...['V3D_S', 'V3D_M', 'ISP_S', 'ISP_M', 'H264_S', 'H264_M'].map((name, i) =>
    deviceRegister(`${at(0x08 + 4 * i)} ASB_${name}_CTRL RW Bridge ${name}`, bridge, { writes: PASSWORD }),
  ),
  deviceRegister('0x20 ASB_AXI_BRDG_ID RO "brdg"'),
];

export const sdHostRegisters: readonly DeviceRegister[] = [
  deviceRegister(
    '0x00 SDCMD RW Command',
    [
      '15 NEW_FLAG start',
      '14 FAIL_FLAG failed',
      '11 BUSYWAIT waits while the card is busy',
      '10 NO_RESPONSE no response',
      '9 LONG_RESPONSE long response',
      '7 WRITE_CMD writes data',
      '6 READ_CMD reads data',
      '5:0 CMD command',
    ],
    { writes: 'starts a command if NEW_FLAG is set' },
  ),
  deviceRegister('0x04 SDARG RW Argument'),
  deviceRegister('0x08 SDTOUT RW Timeout'),
  deviceRegister('0x0c SDCDIV RW Clock divisor', ['10:0 DIV divisor less 2']),
  ...[0, 1, 2, 3].map((n) => deviceRegister(`${at(0x10 + 4 * n)} SDRSP${n} RO Response, word ${n}`)),
  deviceRegister(
    '0x20 SDHSTS RW Status',
    [
      '10 BUSY_IRPT no longer busy',
      '9 BLOCK_IRPT block done',
      '8 SDIO_IRPT SDIO interrupt',
      '7 REW_TIME_OUT timeout of data',
      '6 CMD_TIME_OUT timeout of the command',
      '5 CRC16_ERROR checksum of data wrong',
      '4 CRC7_ERROR checksum of the response wrong',
      '3 FIFO_ERROR FIFO error',
      '0 DATA_FLAG FIFO holds data',
    ],
    { writes: 'ones clear' },
  ),
  deviceRegister('0x30 SDVDD RW Power of the card', ['0 POWER_ON power: off|on']),
  deviceRegister('0x34 SDEDM RW Emergency debug mode', [
    '21 CLOCK_PULSE clock pulse',
    '20 BYPASS bypass',
    '19 FORCE_DATA_MODE data mode forced',
    '18:14 READ_THRESHOLD read threshold',
    '13:9 WRITE_THRESHOLD write threshold',
    '8:4 FIFO_FILL words in the FIFO',
    '3:0 FSM state machine',
  ]),
  deviceRegister('0x38 SDHCFG RW Configuration', [
    '10 BUSY_IRPT_EN interrupt when no longer busy',
    '8 BLOCK_IRPT_EN interrupt for each block',
    '5 SDIO_IRPT_EN SDIO interrupt',
    '4 DATA_IRPT_EN interrupt for data',
    '3 SLOW_CARD slow card',
    '2 WIDE_EXT_BUS external bus: 1 bit|4 bits',
    '1 WIDE_INT_BUS internal bus wide',
    '0 REL_CMD_LINE release the command line',
  ]),
  deviceRegister('0x3c SDHBCT RW Bytes of a block'),
  deviceRegister('0x40 SDDATA RW Data', [], { reads: 'takes a word from the FIFO', writes: 'appends a word' }),
  deviceRegister('0x50 SDHBLC RW Blocks'),
];
