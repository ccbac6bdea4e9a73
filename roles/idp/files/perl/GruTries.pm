package Lemonldap::NG::Portal::Plugins::GruTries;

# Limits of tries that nobody can turn against somebody else, in place of LemonLDAP::NG's own (bruteForceProtection),
# which counts for one account whoever tries, and only where the account exists.
# - A name and a source (an IPv4 address, an IPv6 /56) wait longer and longer; other sources are not concerned.
# - One name from everywhere: a much higher ceiling. Browsers that have signed in before are not concerned (OWASP,
#   "device cookies"): they are counted by themselves.
# - A name that does not exist is counted in the same way, and its password is compared with that of an entry made for
#   this: same answer, same time.
# - A code of a second factor serves once (RFC 6238, 5.2); a wrong one is counted as a wrong password is.

use strict;
use warnings;
use utf8;
use feature 'fc';
use Mouse;
use Crypt::URandom;
use Digest::SHA qw(hmac_sha256_hex);
use Encode qw(decode FB_CROAK encode_utf8);
use Net::LDAP::Entry;
use Socket qw(inet_pton AF_INET6);
use Unicode::Normalize qw(NFKC);
use Gru::Tries;
use Lemonldap::NG::Portal::Main::Constants qw(PE_OK PE_ERROR PE_BADCREDENTIALS PE_BADOTP PE_WAIT);

extends 'Lemonldap::NG::Portal::Main::Plugin';

use constant aroundSub => { getUser => 'guard', authenticate => 'refuseNobody' };
use constant endAuth   => 'succeed';
use constant hook      => {
    sfBeforeVerify      => 'guardCode',
    sfAfterVerify       => 'codeServesOnce',
    sfRegisterDevice    => 'firstCodeServesOnce',
    passwordAfterChange => 'forgetFailures',
};

# Failures for one name, from everywhere but known browsers, in an hour. One source alone cannot reach it: it has some
# fourteen tries an hour.
my $CEILING = 60;

my $MAILS = 3;

my $DEVICE_COOKIE = 'appareil';
my $DEVICE_SECONDS = 180 * 86400;

has tries => (
    is      => 'ro',
    lazy    => 1,
    default => sub { Gru::Tries->new( storage => $_[0]->conf->{globalStorageOptions} ) },
);

sub init { return 1 }

# ---- Passwords

sub guard {
    my ( $self, $sub, $req, %asked ) = @_;
    my $result = $sub->( $req, %asked );
    return $self->_mailOnce( $req, $result ) if $asked{useMail} and defined $req->param('mail');
    return $result unless defined $req->data->{password} or defined $req->data->{oldpassword};
    if ( $result == PE_BADCREDENTIALS ) { $self->_becomeNobody($req) }
    elsif ($result)                     { return $result }
    my $keys = $req->data->{gruKeys} = $self->_keys( $req, $req->user, $self->_uid($req) );
    return $self->_take( $req, $keys );
}

# Mails that let one choose a new password: a few an hour for one person, whoever asks. The page says the same.
sub _mailOnce {
    my ( $self, $req, $result ) = @_;
    return $result if $result or not $self->tries->take_of( $self->tries->key( 'mail', $self->_uid($req) ), $MAILS );
    $self->userLogger->warn('Too many mails asked for one person');
    return PE_BADCREDENTIALS;
}

sub refuseNobody {
    my ( $self, $sub, $req ) = @_;
    my $result = $sub->($req);
    return $result == PE_OK && $req->data->{gruNobody} ? PE_BADCREDENTIALS : $result;
}

# Somebody is in, second factor included.
sub succeed {
    my ( $self, $req ) = @_;
    my $session = $req->sessionInfo;
    return PE_OK unless ( $session->{_auth} // '' ) eq 'LDAP';
    my $keys = $self->_keys( $req, $session->{_user}, $session->{uid} );
    $self->tries->forget( $keys->{own} );
    $self->_give( $req, $session->{uid} ) unless $keys->{known};
    return PE_OK;
}

# Who chose a new password by mail does not wait for the mistakes made with the former one.
sub forgetFailures {
    my ( $self, $req, $user ) = @_;
    my $keys = $self->_keys( $req, $user, $req->sessionInfo->{uid} );
    my $mail = $self->_keys( $req, $self->p->getFirstValue( $req->sessionInfo->{mail} ), '' );
    $self->tries->forget( map { $_->{own} } $keys, $mail );
    return PE_OK;
}

# ---- Codes

sub guardCode {
    my ( $self, $req, $module, $session ) = @_;
    my $keys = $req->data->{gruKeys} = $self->_keys( $req, $session->{_user}, $session->{uid} );
    return $self->_take( $req, $keys );
}

sub codeServesOnce {
    my ( $self, $req, $module, $session, $verified ) = @_;
    return PE_OK if $verified->{result} != PE_OK or $module->prefix ne 'totp';
    my $interval = $self->conf->{totp2fInterval} || 30;
    my $range    = ( $verified->{logInfo} || {} )->{range} || 0;
    my $moment   = int( ( time - $range * $interval ) / $interval );
    $verified->{result} = PE_BADOTP
      unless $self->tries->spend( $self->_deviceKey( $session, $verified->{device} ), $moment );
    return PE_OK;
}

# The code that proves a new application is spent too.
sub firstCodeServesOnce {
    my ( $self, $req, $session, $device ) = @_;
    return PE_OK unless $device->{type} eq 'TOTP';
    $self->tries->spend( $self->_deviceKey( $session, $device ), int( time / ( $self->conf->{totp2fInterval} || 30 ) ) );
    return PE_OK;
}

sub _deviceKey {
    my ( $self, $session, $device ) = @_;
    return $self->tries->key( 'code', $session->{ $self->conf->{whatToTrace} }, $device->{epoch} );
}

# ---- Counting

sub _take {
    my ( $self, $req, $keys ) = @_;
    my $wait = $self->tries->take( $keys->{own} );
    $wait ||= $self->tries->take_of( $keys->{all}, $CEILING ) unless $keys->{known};
    return PE_OK unless $wait;
    $self->userLogger->warn( 'Too many tries (' . $req->address . ')' );
    $req->authResult(PE_WAIT);
    $req->lockTime($wait);
    return PE_WAIT;
}

# own: this name, tried by this source or by this known browser; all: this name, tried by anybody else.
sub _keys {
    my ( $self, $req, $typed, $uid ) = @_;
    my $name  = _name($typed);
    my $known = $self->_knownDevice( $req, $uid );
    return {
        known => $known,
        own   => $self->tries->key( $known ? ( 'browser', $known ) : ( 'source', $name, _source( $req->address ) ) ),
        all   => $self->tries->key( 'everywhere', $name ),
    };
}

# As the directory compares: neither case, nor widths, nor spaces around or repeated make another name.
sub _name {
    my ($typed) = @_;
    my $name = $typed // '';
    $name = eval { decode( 'UTF-8', $name, FB_CROAK ) } // $typed unless utf8::is_utf8($name);
    $name = fc( NFKC($name) );
    $name =~ s/^\s+|\s+$//g;
    $name =~ s/\s+/ /g;
    return $name;
}

sub _source {
    my ($address) = @_;
    my $packed = $address =~ /:/ ? inet_pton( AF_INET6, $address ) : undef;
    return defined $packed ? unpack( 'H14', $packed ) : $address;
}

sub _uid {
    my ( $self, $req ) = @_;
    return $req->data->{ldapentry} ? $req->data->{ldapentry}->get_value('uid') // '' : '';
}

sub _becomeNobody {
    my ( $self, $req ) = @_;
    my $name = "uid=nobody,ou=leurres,$self->{conf}->{ldapBase}";
    $req->data->{gruNobody} = 1;
    $req->data->{dn}        = $name;
    $req->data->{ldapentry} =
      Net::LDAP::Entry->new( $name, uid => 'nobody', cn => 'nobody', sn => 'nobody', mail => 'nobody' );
    return;
}

# ---- Browsers that have signed in before: number, end and proof, for one account

sub _knownDevice {
    my ( $self, $req, $uid ) = @_;
    return '' unless $uid;
    my ( $number, $end, $proof ) = split /\./, $req->cookies->{$DEVICE_COOKIE} // '', 3;
    return '' unless defined $proof and $end =~ /^\d{1,12}$/ and $end > time;
    return $proof eq $self->_proof( $uid, $number, $end ) ? $number : '';
}

sub _give {
    my ( $self, $req, $uid ) = @_;
    my ( $number, $end ) = ( unpack( 'H32', Crypt::URandom::urandom(16) ), time + $DEVICE_SECONDS );
    $req->addCookie(
        $self->p->genCookie(
            $req,
            name    => $DEVICE_COOKIE,
            value   => join( '.', $number, $end, $self->_proof( $uid, $number, $end ) ),
            secure  => 1,
            max_age => $DEVICE_SECONDS,
        )
    );
    return;
}

sub _proof {
    my ( $self, $uid, $number, $end ) = @_;
    return hmac_sha256_hex( encode_utf8( join "\0", lc $uid, $number, $end ), "appareil $self->{conf}->{key}" );
}

1;
