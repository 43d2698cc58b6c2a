i32.const 0
i32.load 0x438
local.set 15
i32.const 0
i32.load 0x141c
local.set 20
i32.const -1
local.set 23
block
  block
    loop
      local.get 20
      i32.const 1
      i32.lt_s
      i32.const 0x800
      local.set 21
      br.if 1
      local.get 20
      i32.const -1
      i32.add
      local.set 20
      i32.const 0x40010004
      local.set 15
      i32.const 0x40010008
      local.set 21
      i32.const 0
      local.get 15
      i32.store 0x438
      i32.const 0
      local.get 20
      i32.store 0x141c
      local.get 0
      i32.const 0
      i32.load 0x20030
      i32.lt_s
      if
        local.get 0
        i32.const 1
        i32.add
        call 5
        local.set 21
      else
        local.get 21
        local.get 0
        i32.const 1
        i32.add
        call 0
        local.set 21
      end
      local.get 21
      i32.const 0x40010004
      i32.ne
      if
        local.get 21
        return
      end
      i32.const 0
      i32.load 0x438
      local.set 15
      i32.const 0
      i32.load 0x141c
      local.set 20
      i32.const -1
      local.set 23
      local.get 20
      i32.const 1
      i32.lt_s
      i32.const 0x802
      local.set 21
      br.if 1
      local.get 20
      i32.const -1
      i32.add
      local.set 20
      br 0
    end
    unreachable
  end
  i32.const 0
  local.get 21
  i32.const 0x1fff
  i32.and
  i32.const 1
  i32.shl
  i32.const 0x4000f000
  i32.add
  i32.store 0x440
  local.get 20
  local.get 21
  i32.const 0xd
  i32.shr_u
  i32.add
  local.set 20
  i32.const 2
  local.set 21
end
i32.const 0
local.get 15
i32.store 0x438
i32.const 0
local.get 20
i32.store 0x141c
local.get 21

i32.const 0
i32.load 0x410
local.set 5
i32.const 0
i32.load 0x434
local.set 14
i32.const 0
i32.load 0x438
local.set 15
i32.const 0
i32.load 0x141c
local.set 20
i32.const -1
local.set 23
block
  block
    local.get 20
    i32.const 3
    i32.lt_s
    i32.const 0x800
    local.set 21
    br.if 0
    local.get 20
    i32.const -3
    i32.add
    local.set 20
    local.get 14
    i32.const -8
    i32.add
    local.tee 26
    i32.const 0xa
    i32.shr_u
    i32.const 0x3ffffc
    i32.and
    i32.load 0x1c00000
    local.tee 27
    local.get 26
    i32.or
    i32.const 3
    i32.and
    local.get 26
    i32.const 4
    i32.add
    local.get 26
    i32.xor
    i32.const 0xfffffffffffff000
    i32.and
    i32.or
    i32.const 0x6800
    local.set 21
    br.if 0
    local.get 26
    local.get 27
    i32.add
    local.tee 28
    local.get 5
    i32.store 0
    local.get 28
    local.get 15
    i32.store 4
    local.get 26
    local.set 14
    local.get 5
    i32.const 1
    i32.add
    local.set 5
    local.get 14
    i32.const 0xa
    i32.shr_u
    i32.const 0x3ffffc
    i32.and
    i32.load 0x1800000
    local.tee 26
    local.get 14
    i32.or
    i32.const 3
    i32.and
    local.get 14
    i32.const 4
    i32.add
    local.get 14
    i32.xor
    i32.const 0xfffffffffffff000
    i32.and
    i32.or
    i32.const 0x2804
    local.set 21
    br.if 0
    local.get 14
    local.get 26
    i32.add
    local.tee 27
    i32.load 0
    local.set 28
    local.get 27
    i32.load 4
    local.tee 29
    local.set 30
    local.get 28
    local.get 14
    i32.const 8
    i32.add
    local.set 14
    local.set 5
    local.get 30
    i32.const -4
    i32.and
    local.set 21
    local.get 30
    i32.const 1
    i32.and
    if
      local.get 30
      i32.const 1
      i32.or
      local.set 21
      i32.const 0
      i32.const 1
      i32.store 0x45c
      i32.const 0
      i32.const 0
      i32.load 0x488
      i32.const 2
      i32.xor
      i32.store 0x488
    end
    i32.const 0
    local.get 5
    i32.store 0x410
    i32.const 0
    local.get 14
    i32.store 0x434
    i32.const 0
    local.get 20
    i32.store 0x141c
    local.get 21
    return
    unreachable
  end
  i32.const 0
  local.get 21
  i32.const 0x1fff
  i32.and
  i32.const 1
  i32.shl
  i32.const 0x4000f008
  i32.add
  i32.store 0x440
  local.get 20
  local.get 21
  i32.const 0xd
  i32.shr_u
  i32.add
  local.set 20
  i32.const 2
  local.set 21
end
i32.const 0
local.get 5
i32.store 0x410
i32.const 0
local.get 14
i32.store 0x434
i32.const 0
local.get 20
i32.store 0x141c
local.get 21
