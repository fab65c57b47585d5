local ns = KEYS[1]

local function session_key(id) return ns .. ':session:' .. id end

-- Forgets a session in every place that knows it.
local function forget(id)
  local indexes = redis.call('HMGET', session_key(id), 'subject', 'sid')
  for _, index in ipairs(indexes) do
    if index and index ~= '' then redis.call('SREM', ns .. ':' .. index, id) end
  end
  redis.call('DEL', session_key(id))
  redis.call('ZREM', ns .. ':expiry', id)
end

-- Notes when a session ends by itself.
local function note_end(id, idle, expires)
  redis.call('ZADD', ns .. ':expiry', math.min(tonumber(idle), tonumber(expires)), id)
end

local function keep(id, version, idle, expires, body, subject, sid, ttl)
  local key = session_key(id)
  redis.call('HSET', key, 'version', version, 'idle', idle, 'expires', expires, 'body', body,
    'subject', subject, 'sid', sid, 'leased', 0)
  redis.call('EXPIRE', key, ttl)
  redis.call('SADD', ns .. ':' .. subject, id)
  if sid ~= '' then redis.call('SADD', ns .. ':' .. sid, id) end
  note_end(id, idle, expires)
end

local function pending_key(state) return ns .. ':pending:' .. state end

local function forget_pending(state)
  local browser = redis.call('HGET', pending_key(state), 'browser')
  if browser then redis.call('ZREM', ns .. ':browser:' .. browser, state) end
  redis.call('DEL', pending_key(state))
  redis.call('ZREM', ns .. ':pending', state)
end

local function sweep_pending(now)
  for _, state in ipairs(redis.call('ZRANGEBYSCORE', ns .. ':pending', '-inf', now)) do
    forget_pending(state)
  end
end

