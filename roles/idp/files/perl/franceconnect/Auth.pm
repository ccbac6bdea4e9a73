package Lemonldap::NG::Portal::Auth::FranceConnect;

# FranceConnect v2 as a provider: LemonLDAP::NG's OpenID Connect client, with what FranceConnect asks beyond it and what
# we refuse beyond it. Sources: https://docs.partenaires.franceconnect.gouv.fr/ (endpoints, migration to v2) and
# FranceConnect's own program, https://github.com/france-connect/sources (back/apps/core-fcp/src/dto).

use strict;
use warnings;
use Mouse;
use Crypt::URandom;
use Gru::FranceConnect qw(signed_as_agreed);
use Lemonldap::NG::Portal::Main::Constants qw(PE_OK PE_OIDC_AUTH_ERROR);

extends 'Lemonldap::NG::Portal::Auth::OpenIDConnect';

# eIDAS levels, from the lowest.
my %LEVELS = ( eidas1 => 1, eidas2 => 2, eidas3 => 3 );

# "fc-" and a `sub` make the identifier that sites keep (socle/openid/identite.py, SUB_MAX); FranceConnect's have 66
# characters.
my $SUB = qr/\A[!-~]{1,197}\z/;

# Why the answer under way is refused: words of Plugins::Gru.
our $reason = '';

sub extractFormInfo {
    my ( $self, $req ) = @_;
    local $reason = 'refused';
    my $result = $self->_fromAnother($req) ? PE_OIDC_AUTH_ERROR : $self->SUPER::extractFormInfo($req);
    return $result if $result == PE_OK;
    my $error = $req->param('error') // '';
    $reason = 'late' unless $req->data->{_oidcOPCurrent};
    $reason = $error if $reason ne 'late' and $error =~ /\A[a-z_]+\z/;
    $req->data->{gruFranceConnect} = $reason;
    return $result;
}

# The answer says who gives it (RFC 9207), and it is not FranceConnect.
sub _fromAnother {
    my ( $self, $req ) = @_;
    return 0 if not $self->isCallback($req) or $req->param('oidc_callback_processed') or not defined $req->param('iss');
    return 0 if grep { $_->{conf}{issuer} eq $req->param('iss') } values %{ $self->opMetadata };
    $req->data->{_oidcOPCurrent} //= 'franceconnect';
    # As LemonLDAP::NG does: the form of the page that says so is sent to this same address, to begin again.
    $self->p->setHiddenFormValue( $req, 'oidc_callback_processed', '1', '', 0 );
    $self->userLogger->error('FranceConnect: the answer bears the name of another provider');
    return 1;
}

# FranceConnect wants 64 letters and digits (AuthorizeParamsDto; code Y030007 else). LemonLDAP::NG gives 22 characters.
sub generateNonce { return unpack 'H*', Crypt::URandom::urandom(32) }

sub getAuthorizationCodeAccessToken {
    my $self = shift;
    my $content = $self->SUPER::getAuthorizationCodeAccessToken(@_);
    $reason = 'silent' unless $content;
    return $content;
}

sub decodeJWT {
    my ( $self, $jwt, $op, $rp ) = @_;
    return signed_as_agreed( $self, $jwt ) ? $self->SUPER::decodeJWT( $jwt, $op, $rp ) : undef;
}

# Beside what LemonLDAP::NG checks (iss, aud, exp, nonce): a level at least as high as asked, and a `sub` that can be kept.
sub checkIDTokenValidity {
    my ( $self, $op, $token, $nonce ) = @_;
    my $asked = $self->opOptions->{$op}{oidcOPMetaDataOptionsAcrValues};
    my $level = $LEVELS{ $token->{acr} // '' } // 0;
    if ( $level < $LEVELS{$asked} ) {
        $reason = 'level';
        $self->userLogger->error("FranceConnect: level of identity lower than $asked");
        return 0;
    }
    unless ( ( $token->{sub} // '' ) =~ $SUB ) {
        $self->userLogger->error('FranceConnect: "sub" absent, too long, or of other characters');
        return 0;
    }
    return $self->SUPER::checkIDTokenValidity( $op, { %$token, acr => $asked }, $nonce );
}

# FranceConnect wants a state at sign-out too, and no other parameter. Coming back needs none: the session is closed
# before the browser leaves.
sub buildLogoutRequest {
    my ( $self, $endpoint, $id_token, $back ) = @_;
    return $self->SUPER::buildLogoutRequest( $endpoint, $id_token, $back, $self->generateNonce );
}

1;
