/** The registers of the PL011 (DDI 0183G 3.3), for people. */
import { deviceRegister, type DeviceRegister } from '../mem/device-registers.js';
import { primeCellRegisters } from './primecell-registers.js';

/** The eleven interrupts, with the ending that a register gives their names. */
const interrupts = (ending: string) =>
  [
    `10 OE${ending} overrun error`,
    `9 BE${ending} break error`,
    `8 PE${ending} parity error`,
    `7 FE${ending} framing error`,
    `6 RT${ending} receive timeout`,
    `5 TX${ending} transmit`,
    `4 RX${ending} receive`,
    `3 DSRM${ending} DSR modem line changed`,
    `2 DCDM${ending} DCD modem line changed`,
    `1 CTSM${ending} CTS modem line changed`,
    `0 RIM${ending} RI modem line changed`,
  ] as const;

const levels = 'one eighth full|one quarter full|half full|three quarters full|seven eighths full';

export const pl011Registers: readonly DeviceRegister[] = [
  deviceRegister(
    '0x000 UARTDR RW Data Register',
    ['11 OE overrun error', '10 BE break error', '9 PE parity error', '8 FE framing error', '7:0 DATA character'],
    { reads: 'takes the character from the receive FIFO', writes: 'sends the character' },
  ),
  deviceRegister(
    '0x004 UARTRSR/UARTECR RW Receive Status Register and Error Clear Register',
    ['3 OE overrun error', '2 BE break error', '1 PE parity error', '0 FE framing error'],
    { writes: 'clears the errors, whatever is written' },
  ),
  deviceRegister('0x018 UARTFR RO Flag Register', [
    '8 RI ring indicator',
    '7 TXFE transmit FIFO empty',
    '6 RXFF receive FIFO full',
    '5 TXFF transmit FIFO full',
    '4 RXFE receive FIFO empty',
    '3 BUSY transmitting',
    '2 DCD data carrier detect',
    '1 DSR data set ready',
    '0 CTS clear to send',
  ]),
  deviceRegister('0x020 UARTILPR RW IrDA Low-Power Counter Register', ['7:0 ILPDVSR low-power divisor']),
  deviceRegister('0x024 UARTIBRD RW Integer Baud Rate Register', ['15:0 BAUD_DIVINT baud rate divisor, whole part']),
  deviceRegister('0x028 UARTFBRD RW Fractional Baud Rate Register', ['5:0 BAUD_DIVFRAC baud rate divisor, in 64ths']),
  deviceRegister(
    '0x02c UARTLCR_H RW Line Control Register',
    [
      '7 SPS stick parity',
      '6:5 WLEN word length: 5 bits|6 bits|7 bits|8 bits',
      '4 FEN FIFOs: off, one character each|on',
      '3 STP2 stop bits: one|two',
      '2 EPS parity: odd|even',
      '1 PEN parity bit: none|sent and checked',
      '0 BRK send a break',
    ],
    { writes: 'also takes UARTIBRD and UARTFBRD over' },
  ),
  deviceRegister('0x030 UARTCR RW Control Register', [
    '15 CTSEn CTS holds transmission back',
    '14 RTSEn RTS follows the receive FIFO',
    '13 Out2 output 2',
    '12 Out1 output 1',
    '11 RTS request to send',
    '10 DTR data transmit ready',
    '9 RXE receiver: off|on',
    '8 TXE transmitter: off|on',
    '7 LBE loop-back: off|on',
    '2 SIRLP IrDA low power',
    '1 SIREN IrDA: off|on',
    '0 UARTEN UART: off|on',
  ]),
  deviceRegister('0x034 UARTIFLS RW Interrupt FIFO Level Select Register', [
    `5:3 RXIFLSEL receive interrupt at: ${levels}`,
    '2:0 TXIFLSEL transmit interrupt at: one eighth full|one quarter full|half full|three quarters full|seven eighths full',
  ]),
  deviceRegister('0x038 UARTIMSC RW Interrupt Mask Set/Clear Register', interrupts('IM')),
  deviceRegister('0x03c UARTRIS RO Raw Interrupt Status Register', interrupts('RIS')),
  deviceRegister('0x040 UARTMIS RO Masked Interrupt Status Register', interrupts('MIS')),
  deviceRegister('0x044 UARTICR WO Interrupt Clear Register', interrupts('IC'), {
    writes: 'ones clear interrupts',
  }),
  deviceRegister('0x048 UARTDMACR RW DMA Control Register', [
    '2 DMAONERR no receive requests after an error',
    '1 TXDMAE transmit DMA: off|on',
    '0 RXDMAE receive DMA: off|on',
  ]),
  ...primeCellRegisters('UART'),
];
