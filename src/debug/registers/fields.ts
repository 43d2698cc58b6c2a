/** Fields of the status registers (DDI 0406C B1.3.3), as their diagram names them. Those of system registers lie beside their rows. */
import { bitFields, type BitField } from '../../util/bit-fields.js';

/** CPSR and SPSR. */
export const psrFields: readonly BitField[] = bitFields(
  '31 N negative',
  '30 Z zero',
  '29 C carry',
  '28 V overflow',
  '27 Q saturated',
  '15:10,26:25 IT If-Then state',
  '24 J Jazelle',
  '19:16 GE greater than or equal',
  '9 E data endianness: little-endian|big-endian',
  '8 A asynchronous aborts masked',
  '7 I IRQs masked',
  '6 F FIQs masked',
  '5 T Thumb: ARM|Thumb',
  '4:0 M mode: 16=usr|17=fiq|18=irq|19=svc|23=abt|27=und|31=sys',
);
