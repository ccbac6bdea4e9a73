package Gru::Tries;

# What is counted of tries, in one table of the database: workers share it, and each count is one statement, so that
# tries sent together are all counted. Keys are hashes: people type passwords where a name is asked.

use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use Encode qw(encode_utf8);
use Gru::Sessions;

# Seconds to wait after the first, second, third... try that failed; the last one goes on.
our @WAITS = ( 0, 0, 0, 0, 5, 15, 60, 300, 600 );

# Without a try for so long, counting begins again.
our $MEMORY = 3600;

sub new {
    my ( $class, %args ) = @_;
    return bless {%args}, $class;    # storage: globalStorageOptions of LemonLDAP::NG
}

sub key {
    my ( $self, @parts ) = @_;
    return sha256_hex( encode_utf8( join "\0", @parts ) );
}

# Counts one try and returns 0, or counts nothing and returns the seconds to wait.
sub take {
    my ( $self, $key ) = @_;
    my $waits = join ',', @WAITS;
    my $delay = "(array[$waits])[least(t.count, " . scalar(@WAITS) . ')]';
    my $now   = time;
    $self->_purge($now) if rand() < 0.01;
    my ($count) = $self->_row(
        "insert into gru_tries as t (key, count, since, last) values (?, 1, ?, ?)
         on conflict (key) do update set last = excluded.last,
             count = case when t.last < excluded.last - $MEMORY then 1 else t.count + 1 end
         where t.last + $delay <= excluded.last returning t.count", $key, $now, $now
    );
    return 0 if defined $count;
    my ($wait) = $self->_row( "select t.last + $delay - ? from gru_tries t where t.key = ?", $now, $key );
    return $wait && $wait > 0 ? $wait : 1;
}

# Counts one more of at most $most in a window of $MEMORY seconds and returns 0, or returns the seconds to wait.
sub take_of {
    my ( $self, $key, $most ) = @_;
    my $now = time;
    my ($count) = $self->_row(
        "insert into gru_tries as t (key, count, since, last) values (?, 1, ?, ?)
         on conflict (key) do update set last = excluded.last,
             count = case when t.since < excluded.since - $MEMORY then 1 else t.count + 1 end,
             since = case when t.since < excluded.since - $MEMORY then excluded.since else t.since end
         where t.count < ? or t.since < excluded.since - $MEMORY returning t.count", $key, $now, $now, $most
    );
    return 0 if defined $count;
    my ($wait) = $self->_row( "select t.since + $MEMORY - ? from gru_tries t where t.key = ?", $now, $key );
    return $wait && $wait > 0 ? $wait : 1;
}

# Whether $number is greater than all that were spent under this key; it is then spent.
sub spend {
    my ( $self, $key, $number ) = @_;
    my $now = time;
    my ($count) = $self->_row(
        "insert into gru_tries as t (key, count, since, last) values (?, ?, ?, ?)
         on conflict (key) do update set count = excluded.count, last = excluded.last
         where t.count < excluded.count returning t.count", $key, $number, $now, $now
    );
    return defined $count;
}

sub forget {
    my ( $self, @keys ) = @_;
    $self->_database->do( 'delete from gru_tries where key = any(?)', undef, [@keys] );
    return;
}

sub _purge {
    my ( $self, $now ) = @_;
    $self->_database->do( 'delete from gru_tries where last < ?', undef, $now - 86400 );
    return;
}

sub _row {
    my ( $self, $query, @values ) = @_;
    return $self->_database->selectrow_array( $query, undef, @values );
}

sub _database {
    my ($self) = @_;
    my $database = Gru::Sessions->_classDbh( $self->{storage} );
    $database->{RaiseError} = 1;
    return $database;
}

1;
