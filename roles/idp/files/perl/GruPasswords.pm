package Lemonldap::NG::Portal::Plugins::GruPasswords;

# A new password, whichever way it comes: the rule of the portal's sign-up (guichet/mon_compte/forms.py, which takes
# Django's), and the end of what was opened with the former one.

use strict;
use warnings;
use utf8;
use feature 'fc';
use Mouse;
use Encode qw(decode FB_CROAK);
use Unicode::Normalize qw(NFC);
use Gru::Sessions;
use Lemonldap::NG::Portal::Main::Constants
  qw(PE_OK PE_PP_INSUFFICIENT_PASSWORD_QUALITY PE_PP_PASSWORD_TOO_SHORT);

extends 'Lemonldap::NG::Portal::Main::Plugin';

use constant hook => { passwordBeforeChange => 'judge', passwordAfterChange => 'closeSessions' };

# One a line, in lower case.
my $COMMON_FILE = '/usr/local/share/gru-connexion/common-passwords.txt';

has common => ( is => 'rw', default => sub { {} } );

sub init {
    my ($self) = @_;
    my $file;
    unless ( open $file, '<:encoding(UTF-8)', $COMMON_FILE ) {
        $self->logger->error("$COMMON_FILE: $!");
        return 0;
    }
    chomp( my @lines = <$file> );
    close $file;
    $self->common( { map { $_ => 1 } @lines } );
    return 1;
}

sub judge {
    my ( $self, $req, $user, $password ) = @_;
    $password = _characters($password);
    return PE_PP_PASSWORD_TOO_SHORT if length($password) < $self->conf->{passwordPolicyMinSize};
    return PE_PP_INSUFFICIENT_PASSWORD_QUALITY if $password =~ /^\p{Nd}+$/;
    return PE_PP_INSUFFICIENT_PASSWORD_QUALITY if $password =~ /^\{[^{}]*\}/;    # the directory takes it for a hash
    return PE_PP_INSUFFICIENT_PASSWORD_QUALITY if $password ne NFC($password);        # keyboards give composed letters
    return PE_PP_INSUFFICIENT_PASSWORD_QUALITY if $self->common->{ lc $password =~ s/^\s+|\s+$//gr };
    my $session = %{ $req->sessionInfo || {} } ? $req->sessionInfo : $req->userData;
    for my $attribute (qw(givenName sn cn mail)) {
        my $value = lc _characters( $session->{$attribute} // '' );
        for my $part ( split( /\W+/, $value ), $value ) {
            return PE_PP_INSUFFICIENT_PASSWORD_QUALITY if _alike( lc $password, $part );
        }
    }
    return PE_OK;
}

# Django's UserAttributeSimilarityValidator: signs in common, twice, over signs of both, from 0.7 on.
sub _alike {
    my ( $password, $part ) = @_;
    my ( $long, $short ) = ( length $password, length $part );
    return 0 if not $short or ( $long >= 10 * $short and $short < 0.35 * $long );
    my ( %left, $same );
    $left{$_}++ for split //, $part;
    $same = grep { ( $left{$_} // 0 ) > 0 and $left{$_}-- } split //, $password;
    return 2 * $same / ( $long + $short ) >= 0.7;
}

sub _characters {
    my ($text) = @_;
    return $text if utf8::is_utf8($text);
    return eval { decode( 'UTF-8', my $copy = $text, FB_CROAK ) } // $text;
}

# All sessions of this person but the one where the password was changed. A site that asks (see GruRights) is told so.
# By identifier in the directory: a reset by mail knows of no other name that a session would have.
sub closeSessions {
    my ( $self, $req ) = @_;
    my $uid = $req->sessionInfo->{uid} // $req->userData->{uid} // return PE_OK;
    my $here    = $req->userData->{_session_id} // '';
    my $storage = $self->conf->{globalStorageOptions};
    my $found   = Gru::Sessions->_classDbh($storage)->selectcol_arrayref(
        "select id from $storage->{TableName} where a_session ->> 'uid' = ?
             and a_session ->> '_auth' = 'LDAP' and a_session ->> '_session_kind' = 'SSO'", undef, $uid
    );
    for my $id ( grep { $_ ne $here } @$found ) {
        my $session = $self->p->getApacheSession( $id, hashStore => 0 ) or next;
        $self->p->_deleteSession( $req, $session, 1 );
    }
    return PE_OK;
}

1;
