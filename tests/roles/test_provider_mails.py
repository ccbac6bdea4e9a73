"""Mails of the identity provider: few for one person whoever asks, and one at each new second factor."""

from __future__ import annotations

from pathlib import Path

from tests.roles.provider_plugins import CODES, perl

FOUND, UNKNOWN = CODES["PE_OK"], CODES["PE_BADCREDENTIALS"]
ASK = """
package Counted; sub key { join ':', @_[ 1 .. $#_ ] } sub take_of { ++$_[0]{ $_[1] } > $_[2] ? 3600 : 0 }
package Log; sub warn { } sub error { print 'error ' }
package Entry; sub get_value { $_[0]{uid} }
package Asked; sub data { $_[0]{data} } sub param { 'zoe@exemple.fr' }
package Guard; our @ISA = ('Lemonldap::NG::Portal::Plugins::GruTries');
my $counted = bless {}, 'Counted'; sub tries { $counted } sub userLogger { bless {}, 'Log' }
package main;
my $guard = bless {}, 'Guard';
sub ask {
    my ( $uid, $result ) = @_;
    my $entry = $uid ? bless( { uid => $uid }, 'Entry' ) : undef;
    my $req = bless { data => { ldapentry => $entry } }, 'Asked';
    print $guard->guard( sub { $result }, $req, useMail => 1 ), ' ';
}
ask( 'zoe', 0 ) for 1 .. 20;
ask( 'paul', 0 );
ask( '', 5 );
"""
TELL = """
package Person; sub getFirstValue { ( split /;/, $_[1] )[0] }
package Notices; our @ISA = ('Lemonldap::NG::Portal::Plugins::GruNotices');
sub p { bless {}, 'Person' } sub logger { bless {}, 'Log' }
sub sendEmail { shift; shift; print join( ',', @_[ 0 .. 5 ] ); 1 }
package Log; sub error { }
package main;
print bless( {}, 'Notices' )->tell( undef, { mail => 'alice@ville.fr;a@ville.fr', cn => 'Alice' } );
print bless( {}, 'Notices' )->tell( undef, { cn => 'Sans adresse' } );
"""


def test_one_person_gets_three_links_an_hour_whoever_asks(tmp_path: Path) -> None:
    """PWD-04: twenty mails in seven seconds. Beyond, the page is that of an address that nobody has."""
    told = [int(word) for word in perl(tmp_path, "GruTries", ASK).split()]
    assert told == [FOUND] * 3 + [UNKNOWN] * 17 + [FOUND, UNKNOWN]


def test_an_agent_is_told_of_each_second_factor(tmp_path: Path) -> None:
    """With the password alone, the first one could be somebody else's."""
    told = perl(tmp_path, "GruNotices", TELL)
    assert told == (
        "subject_trmsg,secondFactorSubject,body_template,mail_second_factor,dest,alice@ville.fr"
        f"{CODES['PE_OK']}{CODES['PE_OK']}"
    )
