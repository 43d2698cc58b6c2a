/**
 * What an exit costs on a real guest: Debian's U-Boot to its prompt at each level, the host cost of exits by class sampled in one run. How its boot
 * compares with a bare one is vmm.bench's matter.
 *
 *   node scripts/bench.mjs uboot
 */
import { bootUboot, UBOOT_WAYS } from './vmm/uboot.js';

for (const way of UBOOT_WAYS) {
  const { hypervisor } = bootUboot(way, () => performance.now());
  if (hypervisor === undefined) continue;
  console.log(`\n${way}: exits by class to the prompt, and what one costs the host (sampled)`);
  for (const { id, count, sampled, sampledNs } of hypervisor.metrics.byClass()) {
    if (count === 0) continue;
    const each = sampled === 0 ? '' : `${(sampledNs / sampled / 1000).toFixed(2)} µs`;
    console.log(`  ${id.padEnd(18)}${String(count).padStart(10)}${each.padStart(12)}`);
  }
  console.log(`  analysis          ${(hypervisor.metrics.analysisNs / 1e6).toFixed(1)} ms`);
}
