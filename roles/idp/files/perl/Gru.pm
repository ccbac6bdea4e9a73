package Lemonldap::NG::Portal::Plugins::Gru;

# Gives our templates their title and their messages in French, written by the server: the packaged pages leave this
# to a script in the browser, which then shows nothing without JavaScript and keeps lang="en".

use strict;
use warnings;
use Mouse;
use POSIX qw(ceil strftime);
use Lemonldap::NG::Portal::Main::Constants qw(PE_OK);

extends 'Lemonldap::NG::Portal::Main::Plugin';

use constant hook       => { sendHtml => 'dress' };
use constant beforeAuth => 'forgetChoice';

# Bytes, not characters: templates are read and sent as UTF-8 bytes.
my %TITLES = (
    '2fchoice'           => 'Choisir une vérification',
    '2fregisters'        => 'Double vérification',
    'confirm'            => 'Confirmer',
    'deconnexion'        => 'Se déconnecter',
    'error'              => 'La connexion n\'a pas abouti',
    'info'               => 'Information',
    'login'              => 'Se connecter',
    'mail'               => 'Changer de mot de passe',
    'menu'               => 'Votre compte',
    'redirect'           => 'Continuer',
    'totp2fcheck'        => 'Code de vérification',
    'totp2fregister'     => 'Ajouter une application de codes',
    'upgradesession'     => 'Confirmer votre identité',
    'webauthn2fcheck'    => 'Vérifier avec votre clé',
    'webauthn2fregister' => 'Ajouter une clé de sécurité',
);

# Codes of Lemonldap::NG::Portal::Main::Constants. No text: first display of a form, nothing to say.
my %SILENT = map { $_ => 1 } ( 9, 42, 69, 71, 72, 78, 98, 99 );
my %SUCCESS = (
    0  => '',
    35 => 'Votre mot de passe est changé.',
    46 => '',
    47 => '',
);
my %NOTICE = (
    1  => 'Votre session a pris fin. Connectez-vous de nouveau.',
    36 => 'Vous avez un message.',
    66 => 'Un lien vous a déjà été envoyé.',
    87 => 'Connectez-vous de nouveau pour continuer.',
);
my $WRONG_PAGE = 'L\'adresse de cette page n\'est pas valable. Revenez au site d\'où vous venez et recommencez.';
my $TOO_LATE   = 'Cette page est restée ouverte trop longtemps. Recommencez.';
my $DOWN       = 'La connexion ne fonctionne pas en ce moment. Recommencez dans quelques minutes.';
my $DENIED     = 'Votre compte n\'a pas accès à ce site. Si vous devriez l\'avoir, demandez-le à votre responsable.';
my $LOGIN      = 'Adresse e-mail, identifiant ou mot de passe incorrect.';
my %ERRORS     = (
    2   => 'Indiquez votre adresse e-mail ou votre identifiant, et votre mot de passe.',
    3   => $DOWN,
    4   => $LOGIN,
    5   => $LOGIN,
    6   => $DOWN,
    7   => $DOWN,
    8   => $DOWN,
    21  => 'Votre compte est bloqué. Appelez la mairie.',
    22  => 'Votre mot de passe a expiré. Choisissez-en un autre.',
    25  => 'Choisissez un nouveau mot de passe pour continuer.',
    28  => 'Ce mot de passe est trop connu, ne contient que des chiffres, commence par un mot entre accolades, a des accents à part de leurs lettres, ou ressemble à votre nom ou à votre adresse. Choisissez-en un autre.',
    29  => 'Ce mot de passe est trop court.',
    31  => 'Ce mot de passe a déjà servi. Choisissez-en un autre.',
    34  => 'Les deux mots de passe ne sont pas les mêmes.',
    37  => $WRONG_PAGE,
    39  => 'Votre mot de passe actuel n\'est pas celui-ci.',
    40  => 'Cette adresse n\'est pas écrite correctement, comme nom@exemple.fr.',
    41  => $DENIED,
    43  => 'Indiquez votre adresse e-mail.',
    44  => 'Ce lien ne sert plus : il a déjà été utilisé, ou il a expiré. Demandez un nouveau lien.',
    45  => 'Le message n\'a pas pu partir. Recommencez dans quelques minutes.',
    67  => 'Indiquez deux fois votre nouveau mot de passe.',
    70  => 'Aucun compte n\'a cette adresse.',
    74  => 'Indiquez votre mot de passe actuel.',
    81  => $TOO_LATE,
    82  => $TOO_LATE,
    83  => 'Votre clé n\'a pas été reconnue. Recommencez.',
    84  => $DENIED,
    86  => "Trop d'essais. Par sécurité, attendez %s avant d'essayer de nouveau.",
    90  => $DENIED,
    96  => 'Ce code n\'est pas celui du moment, ou il a déjà servi. Attendez le suivant et tapez ses six chiffres.',
    103 => 'Votre compte n\'a pas de double vérification, et ce site la demande.',
    107 => $WRONG_PAGE,
    108 => $WRONG_PAGE,
    109 => $WRONG_PAGE,
    110 => 'La vérification n\'a pas réussi. Recommencez. Un code ne sert qu\'une fois : attendez le suivant.',
    111 => 'Ce mot de passe est trop long.',
);
my $OTHER = 'La connexion n\'a pas abouti. Recommencez, ou appelez la mairie si cela continue.';

# What FranceConnect answers instead of an identity (OpenID Connect Core, 3.1.2.6; france-connect/sources,
# back/_doc/erreurs.md), and why Auth::FranceConnect refuses an identity.
my $OTHER_WAY    = 'Recommencez, ou utilisez un compte de la ville.';
my $UNTIL_SOLVED = 'Utilisez un compte de la ville en attendant, et signalez-le à la mairie.';
my $FC_DOWN      = "FranceConnect ne fonctionne pas en ce moment. Recommencez dans quelques minutes, ou utilisez un compte de la ville.";
my $FC_AGAIN     = "FranceConnect demande que vous vous identifiiez de nouveau. $OTHER_WAY";
my $FC_SETTINGS  = "FranceConnect n'accepte pas les réglages de ce site. $UNTIL_SOLVED";
my %FRANCECONNECT = (
    access_denied =>
        "FranceConnect n'a pas donné votre identité : vous avez renoncé, ou elle n'a pas pu être confirmée. $OTHER_WAY",
    temporarily_unavailable => $FC_DOWN,
    server_error            => $FC_DOWN,
    silent                  => $FC_DOWN,
    ( map { $_ => $FC_AGAIN } qw(login_required interaction_required account_selection_required consent_required) ),
    (   map { $_ => $FC_SETTINGS }
            qw(invalid_scope invalid_request unauthorized_client invalid_client unsupported_response_type)
    ),
    late  => "Cette page a déjà servi, ou elle est restée ouverte trop longtemps. $OTHER_WAY",
    level => "FranceConnect n'a pas vérifié votre identité autant que ce site le demande. $OTHER_WAY",
    refused =>
        "La réponse de FranceConnect n'a pas pu être vérifiée : par sécurité, personne n'a été connecté. $OTHER_WAY",
);

# Which field a mistake belongs to: [flag read by the template, identifier of the field].
my %FIELDS = (
    ( map { $_ => [ 'ERREUR_IDENTIFIANTS', 'user' ] } 2, 4, 5 ),
    ( map { $_ => [ 'ERREUR_NOUVEAU', 'newpassword' ] } 28, 29, 31, 34, 67, 111 ),
    ( map { $_ => [ 'ERREUR_COURRIEL', 'mail' ] } 40, 43, 70 ),
    ( map { $_ => [ 'ERREUR_CODE', 'code' ] } 96 ),
);

my %FACTORS = (
    totp     => [ 'Application de codes', 'Une application de votre téléphone donne un code à six chiffres. Fonctionne sans réseau.' ],
    webauthn => [ 'Clé de sécurité', 'Une clé à brancher, ou l\'empreinte, le visage ou le code de votre appareil.' ],
);

sub init { return 1 }

# The software keeps the way chosen (FranceConnect or the town's account) until it succeeds: somebody who comes back
# from FranceConnect with the browser's Back button would be sent there again, even with a right password.
sub forgetChoice {
    my ( $self, $req ) = @_;
    delete $req->pdata->{_choice} unless defined $req->param( $self->conf->{oidcRPCallbackGetParam} );
    return PE_OK;
}

sub _duration {
    my ($seconds) = @_;
    return $seconds . ( $seconds > 1 ? "\xC2\xA0secondes" : "\xC2\xA0seconde" ) if $seconds < 90;
    return ceil( $seconds / 60 ) . "\xC2\xA0minutes";
}

# What happened at FranceConnect, and the code that its support asks for, where it gives one.
sub _franceconnect {
    my ($req) = @_;
    my $text = $FRANCECONNECT{ $req->data->{gruFranceConnect} // '' } // $FRANCECONNECT{refused};
    my ($code) = ( $req->param('error_description') // '' ) =~ /\b(Y[0-9A-F]{6})\b/;
    return $code ? "$text Code donné par FranceConnect : $code." : $text;
}

sub dress {
    my ( $self, $req, $template, $args ) = @_;
    my $params = $args->{params} //= {};
    $params->{TITRE} = $TITLES{$$template} // 'Connexion';

    my $code = $params->{AUTH_ERROR};
    if ( $$template eq 'error' and not defined $code ) {
        $params->{ERREUR} =
            $params->{ERROR403} ? $DENIED
          : $params->{ERROR404} ? $WRONG_PAGE
          : $params->{ERROR500} ? $DOWN
          :                       $OTHER;
    }
    elsif ( defined $code and $code =~ /^-?\d+$/ and not $SILENT{$code} ) {
        if    ( defined $SUCCESS{$code} ) { $params->{SUCCES} = $SUCCESS{$code} }
        elsif ( $NOTICE{$code} )          { $params->{INFO}   = $NOTICE{$code} }
        else {
            my $text = $ERRORS{$code} // $OTHER;
            $text = _franceconnect($req) if $code == 106;
            $text = sprintf $text, _duration( $params->{LOCKTIME} // 30 ) if $text =~ /%s/;
            $params->{ERREUR} = $text;
            if ( my $field = $FIELDS{$code} ) {
                $params->{ $field->[0] } = 1;
                $params->{ERREUR_CHAMP} = $field->[1];
            }
        }
    }

    # Signed out, locked for a while, wrong address: no form to fill in.
    $params->{FORMULAIRE_FERME} = 1
      if $$template eq 'login'
      and not $params->{DISPLAY_FORM}
      and not $params->{DISPLAY_PASSWORD}
      and not @{ $params->{AUTH_LOOP} // [] };

    # A change that went well also ends on this page.
    if ( $$template eq 'error' and $params->{SUCCES} ) {
        $params->{TITRE}    = 'C\'est fait';
        $params->{REUSSITE} = 1;
    }
    $params->{TITRE} = 'Vous êtes déconnecté'    if ( $code // '' ) eq '47';
    $params->{TITRE} = 'Patientez un moment'     if ( $code // '' ) eq '86';
    $params->{TITRE} = 'Consultez votre messagerie' if $$template eq 'mail' and ( $code // 0 ) == 72;
    $params->{TITRE} = 'Mot de passe changé'        if $$template eq 'mail' and ( $code // 0 ) == 46;

    $params->{LIEN_MORT} = 1 if $$template eq 'mail' and ( $code // 0 ) == 44;

    for my $factor ( @{ $params->{MODULES} // [] } ) {
        my $words = $FACTORS{ $factor->{CODE} } // [ $factor->{CODE}, '' ];
        @$factor{qw(LIBELLE EXPLICATION)} = @$words;
    }
    for my $device ( @{ $params->{SFDEVICES} // [] } ) {
        my $words = $FACTORS{ lc( $device->{prefix} // $device->{type} ) } // [ $device->{type} ];
        $device->{LIBELLE} = $words->[0];
        $device->{DATE} = strftime( '%d/%m/%Y', localtime $device->{epoch} );
    }
    return PE_OK;
}

1;
