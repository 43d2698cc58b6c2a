/**
 * The board's power firmware: PSCI 1.1 (ARM DEN 0022) for one core, called by HVC with the SMC calling convention of 32-bit callers
 * (function in r0, arguments in r1 to r3, result in r0). Knows registers and power, no devices.
 */
import type { SystemPort } from '../arm/system-port.js';

const PSCI_VERSION = 0x84000000;
const CPU_SUSPEND = 0x84000001;
const CPU_OFF = 0x84000002;
const CPU_ON = 0x84000003;
const AFFINITY_INFO = 0x84000004;
const MIGRATE = 0x84000005;
const MIGRATE_INFO_TYPE = 0x84000006;
const SYSTEM_OFF = 0x84000008;
const SYSTEM_RESET = 0x84000009;
const PSCI_FEATURES = 0x8400000a;

const SUCCESS = 0;
const NOT_SUPPORTED = -1;
const INVALID_PARAMETERS = -2;
const ALREADY_ON = -4;

const VERSION_1_1 = 0x0001_0001;
/** MIGRATE_INFO_TYPE: a trusted OS is not present, so there is nothing to migrate. */
const NO_TRUSTED_OS = 2;
const AFFINITY_ON = 0;

const IMPLEMENTED: ReadonlySet<number> = new Set([
  PSCI_VERSION,
  CPU_SUSPEND,
  CPU_OFF,
  CPU_ON,
  AFFINITY_INFO,
  MIGRATE_INFO_TYPE,
  SYSTEM_OFF,
  SYSTEM_RESET,
  PSCI_FEATURES,
]);

/** What a power call asks of the machine. */
export interface PowerControl {
  powerOff(): void;
  systemReset(): void;
  /** The only core went off: nothing can ever turn it on again. */
  coreOff(): void;
}

/** Carries out the call in r0..r3. Unknown functions answer NOT_SUPPORTED, as the calling convention asks. */
export function callPsci(cpu: SystemPort, power: PowerControl): void {
  cpu.writeR(0, psciResult(cpu, power));
}

function psciResult(cpu: SystemPort, power: PowerControl): number {
  const argument = cpu.readR(1);
  switch (cpu.readR(0) >>> 0) {
    case PSCI_VERSION:
      return VERSION_1_1;
    case CPU_SUSPEND:
      // A standby request: the core sleeps until an interrupt, then the call returns.
      cpu.WaitForInterrupt();
      return SUCCESS;
    case CPU_OFF:
      power.coreOff();
      return SUCCESS;
    case CPU_ON:
      return isThisCore(argument) ? ALREADY_ON : INVALID_PARAMETERS;
    case AFFINITY_INFO:
      return isThisCore(argument) ? AFFINITY_ON : INVALID_PARAMETERS;
    case MIGRATE:
      return NOT_SUPPORTED;
    case MIGRATE_INFO_TYPE:
      return NO_TRUSTED_OS;
    case SYSTEM_OFF:
      power.powerOff();
      return SUCCESS;
    case SYSTEM_RESET:
      power.systemReset();
      return SUCCESS;
    case PSCI_FEATURES:
      return IMPLEMENTED.has(argument >>> 0) ? SUCCESS : NOT_SUPPORTED;
    default:
      return NOT_SUPPORTED;
  }
}

/** The board has one core, affinity 0.0.0. */
function isThisCore(affinity: number): boolean {
  return (affinity & 0x00ff_ffff) === 0;
}
