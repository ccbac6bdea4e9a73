package Lemonldap::NG::Portal::Plugins::GruRights;

# What a session gives is still so when a site asks again (refresh token): the directory is read anew, and a person who
# is no longer there loses the session. And a session is ended by its person, not by a link that somebody sent.

use strict;
use warnings;
use utf8;
use Mouse;
use Lemonldap::NG::Portal::Main::Constants qw(PE_OK PE_BADCREDENTIALS PE_CONFIRM PE_SENDRESPONSE);

extends 'Lemonldap::NG::Portal::Main::Plugin';

use constant hook      => { oidcGotOnlineRefresh => 'readAgain' };
use constant aroundSub => { checkLogout          => 'confirmLogout' };

sub init { return 1 }

sub readAgain {
    my ( $self, $req, $rp, $refresh, $session ) = @_;
    return PE_OK unless ( $session->{_auth} // '' ) eq 'LDAP';
    my $kept = {%$session};
    $req->userData($kept);
    my $result = $self->p->processRefreshSession($req);
    if ( $result == PE_BADCREDENTIALS ) {
        my $stored = $self->p->getApacheSession( $kept->{_session_id} );
        $self->p->_deleteSession( $req, $stored, 1 ) if $stored;
        return $result;
    }
    return $result if $result > 0;
    # Only what the directory gives, and not in the session itself: it is another request that may be writing there.
    $session->{$_} = $req->sessionInfo->{$_} for qw(mail cn sn givenName nom groups hGroups);
    return PE_OK;
}

# A page of our own, or a form sent from one: the cookie of the session does not come with a form of another site.
sub confirmLogout {
    my ( $self, $sub, $req ) = @_;
    return $sub->($req)
      if not defined $req->param('logout')
      or $req->method eq 'POST'
      or ( $req->env->{HTTP_SEC_FETCH_SITE} // '' ) eq 'same-origin';
    $req->response( $self->p->sendHtml( $req, 'deconnexion', params => {} ) );
    return PE_SENDRESPONSE;
}

1;
