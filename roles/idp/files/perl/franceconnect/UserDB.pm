package Lemonldap::NG::Portal::UserDB::FranceConnect;

# What FranceConnect says of a person: a signed JWT, for us, of the person who signed in, or nobody is let in.
# LemonLDAP::NG alone lets in without a name whoever's information is missing or wrongly signed.

use strict;
use warnings;
use Mouse;
use Gru::FranceConnect qw(signed_as_agreed);
use Lemonldap::NG::Portal::Main::Constants qw(PE_OK PE_OIDC_AUTH_ERROR);

extends 'Lemonldap::NG::Portal::UserDB::OpenIDConnect';

sub getUser {
    my ( $self, $req ) = @_;
    delete $req->data->{OpenIDConnect_user_info};
    my $result = $self->SUPER::getUser($req);
    if ( $result == PE_OK and $self->_forUs($req) ) {
        _bytes( $req->data->{OpenIDConnect_user_info} );
        return PE_OK;
    }
    $self->userLogger->error('FranceConnect: user information absent, unsigned, or of somebody else');
    $req->data->{gruFranceConnect} = 'refused';
    return PE_OIDC_AUTH_ERROR;
}

sub _forUs {
    my ( $self, $req ) = @_;
    my $op   = $req->data->{_oidcOPCurrent};
    my $info = $req->data->{OpenIDConnect_user_info};
    return 0 unless ref $info eq 'HASH';
    my $audience = ref $info->{aud} eq 'ARRAY' ? $info->{aud} : [ $info->{aud} // '' ];
    return
          ( $info->{iss} // '' ) eq $self->opMetadata->{$op}{conf}{issuer}
      && ( $info->{exp} // 0 ) =~ /\A\d+\z/
      && $info->{exp} > time
      && grep { $_ eq $self->opOptions->{$op}{oidcOPMetaDataOptionsClientID} } @$audience;
}

# As the directory gives them: bytes of UTF-8. Accents escaped in the JSON (\u00e9) come as characters.
sub _bytes {
    my ($info) = @_;
    for my $value ( grep { defined and not ref } values %$info ) {
        my $read = $value;
        utf8::encode($value) unless utf8::decode($read);
    }
    return;
}

sub decodeJWT {
    my ( $self, $jwt, $op, $rp ) = @_;
    return signed_as_agreed( $self, $jwt ) ? $self->SUPER::decodeJWT( $jwt, $op, $rp ) : undef;
}

# Called for an answer in JSON, which nobody signed.
sub decodeUserInfo { return undef }

1;
