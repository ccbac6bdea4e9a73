-- What files/perl/Tries.pm counts. Times are seconds since 1970; a key is a hash. Lost with a crash, as sessions are.
create unlogged table gru_tries (
    key text primary key,
    count bigint not null,
    since bigint not null,
    last bigint not null
)
