i32.const 0
i32.load 0x400
local.set 1
i32.const 0
i32.load 0x404
local.set 2
i32.const 0
i32.load 0x41c
local.set 8
i32.const 0
i32.load 0x420
local.set 9
i32.const 0
i32.load 0x141c
local.set 20
i32.const -1
local.set 23
i32.const 0
local.get 20
i32.store 0x1420
block
  block
    loop
      local.get 20
      i32.const 4
      i32.lt_s
      if
        i32.const 0x800
        local.set 21
        local.get 8
        local.get 9
        local.set 25
        local.set 24
        i32.const 1
        i32.const -1
        local.get 20
        i32.const 0
        i32.load 0x1420
        i32.ne
        select
        local.set 23
        br 2
      end
      local.get 20
      i32.const -4
      i32.add
      local.set 20
      local.get 8
      i32.const 0xa
      i32.shr_u
      i32.const 0x3ffffc
      i32.and
      i32.load 0x1800000
      local.tee 26
      local.get 8
      i32.or
      i32.const 3
      i32.and
      if
        i32.const 0x8800
        local.set 21
        local.get 8
        local.get 9
        local.set 25
        local.set 24
        i32.const 1
        i32.const -1
        local.get 20
        i32.const 4
        i32.add
        i32.const 0
        i32.load 0x1420
        i32.ne
        select
        local.set 23
        br 2
      end
      local.get 8
      local.get 26
      i32.add
      i32.load 0
      local.set 27
      local.get 8
      i32.const 4
      i32.add
      local.get 27
      local.set 2
      local.set 8
      local.get 1
      local.get 2
      i32.add
      local.set 1
      local.get 8
      local.get 9
      i32.lt_u
      if
        br 1
      end
      i32.const 0x40010010
      local.set 21
      i32.const 0
      local.set 23
      local.get 8
      local.get 9
      i32.sub
      local.tee 26
      local.get 9
      local.get 8
      i32.le_u
      local.get 8
      local.get 9
      i32.xor
      local.get 8
      local.get 26
      i32.xor
      i32.and
      local.set 19
      local.set 18
      local.tee 16
      local.set 17
      br 2
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
local.get 1
i32.store 0x400
i32.const 0
local.get 2
i32.store 0x404
i32.const 0
local.get 8
i32.store 0x41c
local.get 23
i32.const 0
i32.lt_s
i32.eqz
if
  local.get 23
  if
    local.get 24
    local.get 25
    i32.sub
    local.tee 16
    local.set 17
    local.get 24
    local.get 25
    i32.ge_u
    local.set 18
    local.get 24
    local.get 25
    i32.xor
    local.get 24
    local.get 16
    i32.xor
    i32.and
    local.set 19
    i32.const 0
    local.set 23
  end
  i32.const 0
  local.get 16
  i32.store 0x444
  i32.const 0
  local.get 17
  i32.store 0x448
  i32.const 0
  local.get 18
  i32.store 0x44c
  i32.const 0
  local.get 19
  i32.store 0x450
end
i32.const 0
local.get 20
i32.store 0x141c
local.get 21

i32.const 0
i32.load 0x400
local.set 1
i32.const 0
i32.load 0x404
local.set 2
i32.const 0
i32.load 0x41c
local.set 8
i32.const 0
i32.load 0x420
local.set 9
i32.const 0
i32.load 0x424
local.set 10
i32.const 0
i32.load 0x141c
local.set 20
i32.const -1
local.set 23
block
  block
    loop
      local.get 20
      i32.const 2
      i32.lt_s
      i32.const 0x800
      local.set 21
      br.if 1
      local.get 20
      i32.const -2
      i32.add
      local.set 20
      local.get 10
      local.set 8
      local.get 23
      if
        local.get 23
        i32.const 0
        i32.lt_s
        if
          i32.const 0
          i32.load 0x444
          local.set 16
          i32.const 0
          i32.load 0x448
          local.set 17
          i32.const 0
          i32.load 0x44c
          local.set 18
          i32.const 0
          i32.load 0x450
          local.set 19
        else
          local.get 24
          local.get 25
          i32.sub
          local.tee 16
          local.set 17
          local.get 24
          local.get 25
          i32.ge_u
          local.set 18
          local.get 24
          local.get 25
          i32.xor
          local.get 24
          local.get 16
          i32.xor
          i32.and
          local.set 19
        end
        i32.const 0
        local.set 23
      end
      i32.const 0
      local.get 16
      i32.store 0x444
      i32.const 0
      local.get 17
      i32.store 0x448
      i32.const 0
      local.get 18
      i32.store 0x44c
      i32.const 0
      local.get 19
      i32.store 0x450
      i32.const 0
      local.get 20
      i32.store 0x1420
      loop
        local.get 20
        i32.const 4
        i32.lt_s
        if
          i32.const 0x7f8
          local.set 21
          local.get 8
          local.get 9
          local.set 25
          local.set 24
          i32.const 1
          i32.const -1
          local.get 20
          i32.const 0
          i32.load 0x1420
          i32.ne
          select
          local.set 23
          br 3
        end
        local.get 20
        i32.const -4
        i32.add
        local.set 20
        local.get 8
        i32.const 0xa
        i32.shr_u
        i32.const 0x3ffffc
        i32.and
        i32.load 0x1800000
        local.tee 26
        local.get 8
        i32.or
        i32.const 3
        i32.and
        if
          i32.const 0x87f8
          local.set 21
          local.get 8
          local.get 9
          local.set 25
          local.set 24
          i32.const 1
          i32.const -1
          local.get 20
          i32.const 4
          i32.add
          i32.const 0
          i32.load 0x1420
          i32.ne
          select
          local.set 23
          br 3
        end
        local.get 8
        local.get 26
        i32.add
        i32.load 0
        local.set 27
        local.get 8
        i32.const 4
        i32.add
        local.get 27
        local.set 2
        local.set 8
        local.get 1
        local.get 2
        i32.add
        local.set 1
        local.get 8
        local.get 9
        i32.lt_u
        if
          br 1
        end
        local.get 8
        local.get 9
        local.set 25
        local.set 24
        i32.const 1
        local.set 23
        br 1
      end
    end
    unreachable
  end
  i32.const 0
  local.get 21
  i32.const 0x1fff
  i32.and
  i32.const 1
  i32.shl
  i32.const 0x4000f010
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
local.get 1
i32.store 0x400
i32.const 0
local.get 2
i32.store 0x404
i32.const 0
local.get 8
i32.store 0x41c
local.get 23
i32.const 0
i32.lt_s
i32.eqz
if
  local.get 23
  if
    local.get 24
    local.get 25
    i32.sub
    local.tee 16
    local.set 17
    local.get 24
    local.get 25
    i32.ge_u
    local.set 18
    local.get 24
    local.get 25
    i32.xor
    local.get 24
    local.get 16
    i32.xor
    i32.and
    local.set 19
    i32.const 0
    local.set 23
  end
  i32.const 0
  local.get 16
  i32.store 0x444
  i32.const 0
  local.get 17
  i32.store 0x448
  i32.const 0
  local.get 18
  i32.store 0x44c
  i32.const 0
  local.get 19
  i32.store 0x450
end
i32.const 0
local.get 20
i32.store 0x141c
local.get 21
