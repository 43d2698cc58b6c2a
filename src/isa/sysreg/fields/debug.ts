/** Fields of CP14: the debug registers (DDI 0406C C11.11), ThumbEE and Jazelle. */
import { bitFields, type BitField } from '../../../util/bit-fields.js';

const entry =
  'halt request|breakpoint|asynchronous watchpoint|BKPT|external request|vector catch|8=OS unlock catch|10=synchronous watchpoint';

const DBGDSCR = bitFields(
  '30 RXfull DBGDTRRX full',
  '29 TXfull DBGDTRTX full',
  '27 RXfull_l DBGDTRRX full, latched',
  '26 TXfull_l DBGDTRTX full, latched',
  '25 PipeAdv pipeline advanced',
  '24 InstrCompl_l instruction complete, latched',
  '21:20 ExtDCCmode access of the external DCC: non-blocking|stall|fast',
  '19 ADAdiscard asynchronous aborts are discarded',
  '18 NS Non-secure',
  '17 SPNIDdis Secure non-invasive debug disabled',
  '16 SPIDdis Secure invasive debug disabled',
  '15 MDBGen monitor debug-mode',
  '14 HDBGen halting debug-mode',
  '13 ITRen instructions from DBGITR',
  '12 UDCCdis PL0 may not access the DCC',
  '11 INTdis interrupts disabled',
  '10 DBGack debug acknowledge forced',
  '9 FS fault status sticky',
  '8 UND_l Undefined, sticky',
  '7 ADABORT_l asynchronous abort, sticky',
  '6 SDABORT_l synchronous abort, sticky',
  `5:2 MOE method of debug entry: ${entry}`,
  '1 RESTARTED processor restarted',
  '0 HALTED processor halted',
);

const DBGBCR = bitFields(
  '28:24 MASK address bits left out',
  '23:20 BT matches: address|address, linked|context|context, linked|address mismatch|address mismatch, linked',
  '19:16 LBN linked breakpoint',
  '15:14 SSC security states',
  '13 HMC Hyp mode',
  '8:5 BAS bytes of the word',
  '2:1 PMC modes: User, System and Supervisor|PL1|PL0|all',
  '0 E breakpoint: off|on',
);
const DBGWCR = bitFields(
  '28:24 MASK address bits left out',
  '20 WT linked',
  '19:16 LBN linked breakpoint',
  '15:14 SSC security states',
  '13 HMC Hyp mode',
  '12:5 BAS bytes of the doubleword',
  '4:3 LSC accesses: reserved|loads|stores|loads and stores',
  '2:1 PAC privilege: reserved|PL1|PL0|all',
  '0 E watchpoint: off|on',
);

const numbered = (name: string, count: number, fields: readonly BitField[]) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`${name}${n}`, fields]));

const valid = '1:0 Valid address: not valid|3=valid';

export const debugFields: Readonly<Record<string, readonly BitField[]>> = {
  DBGDIDR: bitFields(
    '31:28 WRPs watchpoints less one',
    '27:24 BRPs breakpoints less one',
    '23:20 CTX_CMPs context comparisons less one',
    '19:16 Version debug architecture: 1=v6|2=v6.1|3=v7, all registers|4=v7, base registers|5=v7.1',
    '15 DEVID_imp DBGDEVID: absent|present',
    '14 nSUHD_imp Secure User halting debug: present|absent',
    '13 PCSR_imp program counter sampling',
    '12 SE_imp Security Extensions',
    '7:4 Variant major revision',
    '3:0 Revision minor revision',
  ),
  DBGDSCRint: DBGDSCR,
  DBGDSCRext: DBGDSCR,
  DBGVCR: bitFields(
    '7 SF catch FIQ',
    '6 SI catch IRQ',
    '4 SD catch Data Abort',
    '3 SP catch Prefetch Abort',
    '2 SS catch Supervisor Call',
    '1 SU catch Undefined Instruction',
    '0 R catch Reset',
  ),
  ...numbered('DBGBCR', 16, DBGBCR),
  ...numbered('DBGWCR', 16, DBGWCR),
  ...numbered('DBGWVR', 16, bitFields('31:2 address data address, bits 31:2')),
  DBGDRAR: bitFields('31:12 ROMADDR ROM table, bits 31:12', valid),
  DBGDRAR_64: bitFields('39:12 ROMADDR ROM table, bits 39:12', valid),
  DBGDSAR: bitFields('31:12 SELFOFFSET offset of the debug registers, bits 31:12', valid),
  DBGDSAR_64: bitFields('39:12 SELFOFFSET offset of the debug registers, bits 39:12', valid),
  DBGOSLSR: bitFields(
    '3,0 OSLM OS Lock: absent|2=without save and restore',
    '2 nTT 32-bit access',
    '1 OSLK OS Lock: unlocked|locked',
  ),
  DBGOSDLR: bitFields('0 DLK OS Double Lock: unlocked|locked'),
  DBGPRCR: bitFields('2 HCWR hold in warm reset', '1 CWRR request a warm reset', '0 CORENPDRQ no powerdown'),
  DBGPRSR: bitFields(
    '6 DLK OS Double Lock locked',
    '5 OSLK OS Lock locked',
    '4 HALTED halted',
    '3 SR was reset, sticky',
    '2 R in reset',
    '1 SPD was powered down, sticky',
    '0 PU powered up',
  ),
  DBGDEVID1: bitFields('3:0 PCSROffset offset in program counter samples: with offsets|none|none in either state'),
  DBGDEVID: bitFields(
    '31:28 CIDMask masks of context comparisons',
    '27:24 AuxRegs auxiliary control register',
    '23:20 DoubleLock OS Double Lock',
    '19:16 VirExtns Virtualization Extensions',
    '15:12 VectorCatch form of vector catch',
    '11:8 BPAddrMask masks of breakpoints',
    '7:4 WPAddrMask masks of watchpoints',
    '3:0 PCsample program counter sampling',
  ),
  DBGCLAIMSET: bitFields('7:0 CLAIM claim tags'),
  DBGCLAIMCLR: bitFields('7:0 CLAIM claim tags'),
  DBGAUTHSTATUS: bitFields(
    '7:6 SNID Secure non-invasive debug: absent|2=disabled|3=enabled',
    '5:4 SID Secure invasive debug: absent|2=disabled|3=enabled',
    '3:2 NSNID Non-secure non-invasive debug: absent|2=disabled|3=enabled',
    '1:0 NSID Non-secure invasive debug: absent|2=disabled|3=enabled',
  ),
  TEECR: bitFields('0 XED PL0 may access TEEHBR: yes|no'),
  TEEHBR: bitFields('31:2 HandlerBase base of the handlers, bits 31:2'),
  JIDR: bitFields(
    '31:28 Arch Jazelle architecture: trivial',
    '27:20 Implementer implementer',
    '19:12 Subarchitecture subarchitecture',
  ),
  JOSCR: bitFields('1 CV configuration valid', '0 CD configuration disabled'),
  JMCR: bitFields('0 JE Jazelle: off|on'),
};
