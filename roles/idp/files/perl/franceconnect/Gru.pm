package Gru::FranceConnect;

# How FranceConnect signs: ES256 or RS256, with the keys that it publishes. No other algorithm: "none" signs nothing, and
# HS256 would be signed by whoever knows our own secret.

use strict;
use warnings;
use Exporter 'import';
use Lemonldap::NG::Common::JWT qw(getJWTHeader);

our @EXPORT_OK = qw(signed_as_agreed);

sub signed_as_agreed {
    my ( $module, $jwt ) = @_;
    my $header = getJWTHeader( $jwt // '' );
    my $algorithm = ref $header eq 'HASH' ? $header->{alg} // '' : '';
    return 1 if $algorithm =~ /\A[ER]S256\z/;
    $module->userLogger->error('FranceConnect: a token is signed neither with ES256 nor with RS256');
    return 0;
}

1;
