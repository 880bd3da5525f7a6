# only one schedule in some overflows: when both add before either has reset
.var x, 9223372036854775806
.main
    add $1, x
    sub $1, x
