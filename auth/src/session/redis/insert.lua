for i = 9, #ARGV do forget(ARGV[i]) end
forget(ARGV[1])
keep(unpack(ARGV, 1, 8))
