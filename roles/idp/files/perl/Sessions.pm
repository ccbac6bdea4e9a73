package Gru::Sessions;

# Sessions in PostgreSQL over one lasting connection a worker. The packaged module opens a new one, with its TLS
# handshake and its password check, for each session read or written: nine for one sign-in, half of its cost.
# Each statement is its own transaction; as with the other storages of LemonLDAP::NG, the last writer wins.

use strict;
use warnings;
use Apache::Session::Browseable::PgJSON;

our @ISA = ('Apache::Session::Browseable::PgJSON');

sub populate {
    # Without an object too: searches ask so for the way to read what they found.
    my $self = Apache::Session::Browseable::PgJSON::populate(@_);
    bless $self->{object_store}, 'Gru::Sessions::Store';
    return $self;
}

package Gru::Sessions::Store;

use strict;
use warnings;
use Apache::Session::Browseable::Store::Postgres;

our @ISA = ('Apache::Session::Browseable::Store::Postgres');

sub connection {
    my ( $self, $session ) = @_;
    return if defined $self->{dbh};
    $self->{table_name} = $session->{args}->{TableName};
    $self->{dbh}        = Gru::Sessions->_classDbh( $session->{args} );
    return;
}

# Nothing to commit, and the connection stays.
sub DESTROY { return }

1;
