import { assembled, POWER_OFF } from '/work/main/test/support/guest.js';
import { runAlike } from '/work/main/test/vmm/compare.js';
const END = `ldr r0, =0x84000008\n hvc #0\n b .\n .ltorg\n`;
const USER = (body: string, kernel='') => `
  ldr r0, =vectors
  mcr p15,0,r0,c12,c0,0
  cps #0x1f
  ldr sp, =0x40080000
  cps #0x13
  ldr sp, =0x40090000
  ${kernel}
  mov r0, #0x10
  msr spsr_cxsf, r0
  ldr lr, =user
  movs pc, lr
  .ltorg
  .balign 32
vectors: b .
  b on_und
  b done
  b on_pabt
  b on_dabt
  b .
  b on_irq
  b .
on_und: mov r11, #1
  movs pc, lr
on_pabt: mov r11, #2
  b done
on_dabt: add r10, r10, #1
  movs pc, lr
on_irq: mov r11, #4
  subs pc, lr, #4
done: ${END}
user: ${body}
  svc #0
  .ltorg
`;
const t=(name:string, src:string)=> it(name, function(){ this.timeout(10000); const r=runAlike({images:assembled(src)}, 200000); console.log(name, r[0].stop, r[0].test.instructions, [...r[0].state].slice(0,8).map(([k,v])=>`${k}=${(v as number).toString(16)}`).join(' ')); });
t('tpidr', USER('mrc p15,0,r1,c13,c0,3\n mrc p15,0,r2,c13,c0,2\n mov r3,#7\n mcr p15,0,r3,c13,c0,2\n', 'ldr r1,=0x1234\n mcr p15,0,r1,c13,c0,3\n ldr r1,=0x777\n mcr p15,0,r1,c13,c0,2\n'));
t('sctlr.A', `mrc p15,0,r0,c1,c0,0\n orr r0,r0,#2\n mcr p15,0,r0,c1,c0,0\n ldr r1,=0x40050001\n ldr r0,=vec\n mcr p15,0,r0,c12,c0,0\n ldr r2,[r1]\n ${END} .balign 32\nvec: b .\n b .\n b .\n b .\n b dabt\n dabt: mov r11,#9\n subs pc,lr,#4\n`);
t('ldrex in code page', `adr r1, lock\n 1: ldrex r2,[r1]\n add r2,r2,#1\n strex r3,r2,[r1]\n cmp r3,#0\n bne 1b\n ldr r4,[r1]\n ${END}\nlock: .word 5\n`);
t('user wfi, timer', USER('1: wfi\n cmp r11,#4\n bne 1b\n', `
 ldr r0,=0x08000000\n mov r1,#1\n str r1,[r0]\n mov r1,#(1<<27)\n str r1,[r0,#0x100]\n ldr r0,=0x08010000\n mov r1,#0xff\n str r1,[r0,#4]\n mov r1,#1\n str r1,[r0]\n ldr r0,=1000\n mcr p15,0,r0,c14,c3,0\n mov r0,#1\n mcr p15,0,r0,c14,c3,1\n`).replace('on_irq: mov r11, #4','on_irq: mov r11,#4\n mov r0,#2\n mcr p15,0,r0,c14,c3,1\n'));
t('user wfi, nothing', USER('wfi\n'));
t('user wfe', USER('wfe\n'));
t('kernel sev wfe', `sev\n wfe\n mov r1,#1\n ${END}`);
t('kernel wfe', `wfe\n mov r1,#1\n ${END}`);
t('user sev kernel wfe', USER('sev\n').replace('done: ', 'done: wfe\n mov r5,#1\n'));
t('kernel sev, user wfe', USER('wfe\n mov r5,#1\n', 'sev\n'));
t('user pmuserenr', USER('mrc p15,0,r1,c9,c14,0\n mrc p15,0,r2,c9,c13,0\n mrc p15,0,r3,c14,c0,2\n mrrc p15,1,r4,r5,c14\n', 'mov r1,#1\n mcr p15,0,r1,c9,c14,0\n mov r1,#3\n mcr p15,0,r1,c14,c1,0\n mov r1,#1\n mcr p15,0,r1,c9,c12,0\n mcr p15,0,r1,c9,c12,1\n mov r1,#0x80000000\n mcr p15,0,r1,c9,c12,1\n'));
t('user cp14', USER('mrc p14,0,r1,c0,c0,0\n mrc p14,0,r2,c0,c1,0\n mrc p14,6,r3,c0,c0,0\n mrc p14,7,r4,c0,c0,0\n'));
t('user mrs etc', USER('mrs r1,cpsr\n cps #0x13\n cpsid i\n mrs r2,cpsr\n setend be\n mov r3,#0x40000000\n ldr r3,[r3]\n setend le\n msr cpsr_fsxc,r4\n mrs r5,cpsr\n'));
t('user undefs', USER('.word 0xe7f000f0\n mov r1,#1\n mrs r2,spsr\n mov r3,#1\n srsdb sp!,#0x13\n mov r4,#1\n rfeia r5\n mov r6,#1\n ldm r5,{r0,pc}^\n .word 0xf57ff01f\n mcr p15,0,r0,c7,c5,4\n mcr p15,0,r0,c7,c10,4\n mcr p15,0,r0,c7,c10,5\n hvc #0\n mov r7,#1\n smc #0\n mov r8,#1\n bkpt #0\n'));
t('clrex', `ldr r1,=0x40060000\n ldrex r2,[r1]\n clrex\n strex r3,r2,[r1]\n ldrex r2,[r1]\n mrs r5,cpsr\n strex r4,r2,[r1]\n ldrex r2,[r1]\n svc #0\n strex r6,r2,[r1]\n ${END}`.replace('svc #0','nop'));
