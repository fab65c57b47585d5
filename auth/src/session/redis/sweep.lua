sweep_pending(ARGV[1])
for _, id in ipairs(redis.call('ZRANGEBYSCORE', ns .. ':expiry', '-inf', ARGV[1])) do forget(id) end
