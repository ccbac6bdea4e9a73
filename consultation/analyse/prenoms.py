"""Frequent first names in France, every generation and origin, written by hand: one alone may name somebody.

Left out: those that are first of all everyday words or places of a town (« rose », « pierre », « claire », « victor »…
stay proposed when a title or a family word comes before them).
"""

PRENOMS_TEXTE = """
abdel abdou adam adama adèle adrien agathe agnès ahmed aïcha aïssata alain albert alex alexandra alexandre alexis
ali alice alicia aline alix amandine ambre amélie amina amine amir anaïs andré andrée angélique anissa anita anna
anne annick annie antoine antonio arlette arnaud arthur assia astrid aurélie aurélien axel aya ayoub aziz baptiste
bastien béatrice benjamin benoît bernadette bernard bertrand bilal brahim brigitte bruno camille carine carla carlos
carole caroline catherine cécile cédric céline chantal charlène charles charlotte chloé christelle christian
christiane christine christophe clara clarisse claude claudine clément clémence colette coralie corentin corinne
cyril damien daniel danielle david delphine denis denise didier dominique djibril driss dylan édith edouard édouard
éléonore élisa élisabeth elise élise éliane elsa emilie émilie emma emmanuel emmanuelle enzo éric erwan estelle
esther ethan étienne eva eve évelyne fabien fabienne fabrice fanny farid farida fatiha fatima fatma fatou fatoumata
félix fernando florence florent florian franck francine francis françois françoise frédéric frédérique gabriel
gabrielle gaël gaëlle gaëtan geneviève geoffrey georges gérald gérard germaine ghislaine gilbert gilles gisèle
grégory guillaume gustave guy habib hakim halima hamid hamza hanna hassan hatice hélène henri hervé hicham hugo
ibrahim idriss igor ilyes inaya inès ingrid irène isabelle ismaël issa jacqueline jacques jade jamal jamila jean
jeanne jeannine jennifer jérémy jérôme jessica joël joëlle johanna jonathan jordan josé josette joseph joséphine
josiane joyce juan jules julia julie julien juliette justine kader kamel karim karima karine katia kenza kevin kévin
khadija khaled laetitia laëtitia laura laure laurence laurent laurine léa léo léon léonie leïla liam lila liliane
lina line lisa loïc lola lou louane louis louisa louise luc lucas lucette lucie lucien lucienne ludovic lydia lydie
madeleine maël maëlle maëlys magali mahamadou malika malik mamadou manon manuel marc marcel marcelle margaux margot
maria mariam marianne marie marielle marine marion marius marjorie marlène martine maryse mathéo mathieu mathilde
mathis matthieu maud maurice maxime maya mehdi mélanie mélissa mélina michel michèle micheline michelle mickaël mila
milan mireille mohamed mohammed mokhtar monique morgane moussa mouna mourad moustapha muriel myriam nabil nadège
nadia nadine naïma naomi nassim natacha nathalie nathan nawel nicolas nicole nina noa noah noé noémie noëlle nora
norbert nour odette odile olga olivia olivier omar oscar oumar oumou ousmane pascal pascale patrice patricia patrick
paul paule paulette pauline pedro philippe quentin rachel rachid rachida raphaël raymond raymonde rebecca régine
régis rémi rémy renaud renée richard robert robin rodolphe roger roland romain romane roméo romuald ronan rosa
rosalie roxane sabine sabrina sacha saïd saïda salah salima salma sami samia samir samira samuel samy sandra
sandrine sara sarah sébastien selma serge séverine simone sofia sofiane solange solène sonia sophie soraya souad
stella stéphane stéphanie suzanne sylvain sylvie tarek tatiana théo thérèse thibault thierry thomas timéo tiphaine
titouan tom tristan ulysse valentin valentine valérie vanessa véronique victoria vincent virginie viviane wafa walid
warda wassim william xavier yacine yann yanis yannick yasmine yassine ylan yohan yolande youcef youssef yvan yves
yvette yvonne zacharie zahra zaïneb zakaria zélie zineb zoé zohra
"""
PRENOMS = frozenset(PRENOMS_TEXTE.split())
