package Lemonldap::NG::Portal::Plugins::GruNotices;

# A person is told by mail when a way of second verification is added to their account: with the password alone, the
# first one could be somebody else's.

use strict;
use warnings;
use Mouse;
use Lemonldap::NG::Portal::Main::Constants qw(PE_OK);

extends qw(Lemonldap::NG::Portal::Main::Plugin Lemonldap::NG::Portal::Lib::SMTP);

use constant hook => { sfRegisterDevice => 'tell' };

sub init { return 1 }

sub tell {
    my ( $self, $req, $session ) = @_;
    my $mail = $self->p->getFirstValue( $session->{mail} // '' ) or return PE_OK;
    $self->sendEmail(
        $req,
        subject_trmsg => 'secondFactorSubject',
        body_template => 'mail_second_factor',
        dest          => $mail,
        params        => { NOM => $session->{cn} },
    ) or $self->logger->error('The mail about a new second factor did not leave');
    return PE_OK;
}

1;
