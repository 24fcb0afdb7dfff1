/** The continuity plan (PCA) of the demo's client: how it stays at work. */
import type { Section } from '#/plans/plan-sections.ts';
import { french } from '../french.ts';

const SECTIONS: Omit<Section, 'payload'>[] = [
  {
    kind: 'scope',
    title: 'Objet, périmètre et objectifs',
    body: `
Ce plan de continuité d’activité (PCA) dit comment Vernazet Fluides continue de servir ses clients quand un site, le système d’information, un fournisseur ou une partie du personnel fait défaut. Il couvre le siège et l’atelier de Genas, la plateforme logistique de Saint-Quentin-Fallavier et l’agence de Valence, soit 124 personnes. La remise en route technique de l’informatique est décrite dans le plan de reprise d’activité (PRA).

Scénarios retenus : rançongiciel avec vol des droits d’administration ; incendie ou inondation d’un site ; coupure prolongée d’électricité ou de télécommunications ; défaillance de l’éditeur de l’ERP, de l’infogérant ou du transporteur ; absence de plus de 40 % du personnel.

Objectifs issus du bilan d’impact sur l’activité (BIA), approuvé par la direction générale :

| Activité | DMIA | Délai de reprise visé | PDMA |
| --- | --- | --- | --- |
| Prise de commandes et relation clients | 24 h | 4 h | 24 h |
| Dépannage chez les clients | 24 h | 4 h | 24 h |
| Préparation et expédition des commandes | 48 h | 8 h | 24 h |
| Fabrication et sertissage des flexibles | 72 h | 24 h | 24 h |
| Facturation et suivi des encours clients | 5 jours | 48 h | 24 h |
| Dossiers techniques et certificats matière | 72 h | 24 h | 24 h |
| Devis et offres techniques | 5 jours | 48 h | 24 h |
| Paie et déclarations sociales | 7 jours | 72 h | 48 h |

Les cinq premières activités sont prioritaires ; les autres objectifs sont dans l’étude elle-même. Ici, la DMIA est la durée d’arrêt que l’entreprise ne peut plus supporter ; le délai de reprise visé lui est toujours inférieur. La PDMA est la perte de données la plus grande qui soit admise.

Hors périmètre : les chantiers chez les clients, régis par les plans de prévention propres à chaque site.`,
  },
  {
    kind: 'roles',
    title: 'Cellule de crise : rôles, titulaires et suppléants',
    body: `
La **cellule décisionnelle** arbitre : priorités, dépenses, communication, arrêt d’une activité. La **cellule opérationnelle** exécute et rend compte toutes les deux heures. Chaque rôle a un suppléant, qui prend la place du titulaire s’il n’a pas répondu dans les 15 minutes.

| Rôle | Titulaire | Suppléant |
| --- | --- | --- |
| Directeur de crise | Philippe Garnier, directeur général | Nathalie Roche, directrice administrative et financière |
| Coordination du PCA | Damien Morel, responsable QHSE | Aurélie Combe, responsable des ressources humaines |
| Ventes et clients | Élodie Marchand | Fabien Rey |
| Logistique | Julien Arnaudet | Céline Tissot |
| Production | Marc Vuillermoz | Sandrine Poncet |
| Finance et assurances | Nathalie Roche | Bertrand Coste, chef comptable |
| Informatique (pilote du PRA) | Thomas Béraud | Inès Caillat |
| Communication | Camille Jacquemet, responsable commerciale | Vincent Alary, chargé de marketing |
| Main courante et intendance | Sophie Lacombe, assistante de direction | Maud Perrin, assistante RH |

Quand Nathalie Roche supplée le directeur de crise, Bertrand Coste prend la finance.

Le directeur de crise engage seul jusqu’à 50 000 € ; au-delà, il faut aussi l’accord de la présidence, jointe par téléphone. Il est le seul à pouvoir décider d’arrêter la production ou de couper l’accès internet plus de 4 h.

La personne qui tient la main courante note l’heure, l’auteur, le fait ou la décision. Une ligne ne s’efface pas : une erreur se corrige par une nouvelle ligne. Personne ne reste en poste plus de 8 h ; la relève se fait par un point oral et la lecture de la main courante.`,
  },
  {
    kind: 'comms',
    title: 'Alerte et communication de crise',
    body: `
**Ordre d’appel.** Qui constate l’incident appelle l’astreinte (06 39 98 01 10). L’astreinte appelle le coordinateur du PCA, puis l’informatique si elle est touchée. Le coordinateur appelle le directeur de crise, qui décide de réunir la cellule. Sophie Lacombe appelle alors les autres membres dans l’ordre du tableau des rôles ; chaque responsable appelle son équipe.

| Qui | Téléphone hors système d’information |
| --- | --- |
| Astreinte Vernazet Fluides | 06 39 98 01 10 |
| Philippe Garnier | 06 39 98 01 11 |
| Nathalie Roche | 06 39 98 01 12 |
| Damien Morel | 06 39 98 01 13 |
| Thomas Béraud | 06 39 98 01 14 |
| Amarante Continuité, astreinte | 04 65 71 02 20 |

**Canaux.** Pendant la crise : téléphones mobiles, groupe « Crise VF » sur une messagerie chiffrée installée sur les mobiles, pont audio de l’opérateur mobile. La messagerie de l’entreprise, l’annuaire et le téléphone fixe ne servent pas tant que l’informatique ne les a pas déclarés sûrs.

**Messages.** Le personnel reçoit un SMS dans l’heure, puis un point à 8 h et à 17 h. Les vingt premiers clients et les donneurs d’ordre du nucléaire et du ferroviaire sont appelés dans les 4 h ; les autres trouvent un message sur le répondeur et sur le site internet, hébergé à part. Seuls Philippe Garnier et Camille Jacquemet parlent à la presse. On dit ce qui est établi, ce que l’on fait et l’heure du prochain point ; jamais de cause supposée ni de date que l’on ne peut tenir.

**Obligations.** Nathalie Roche déclare le sinistre à l’assureur, dépose plainte dans les 72 h et, si des données personnelles sont touchées, prépare la notification à la CNIL dans les 72 h.`,
  },
  {
    kind: 'activation',
    title: 'Déclenchement du plan',
    body: `
Le directeur de crise, ou à défaut son suppléant, déclenche le plan dès que l’un de ces seuils est atteint ou sur le point de l’être :

- une activité prioritaire est arrêtée et sa reprise n’est pas certaine avant la moitié de son délai visé : 2 h pour les commandes, 4 h pour l’expédition, 12 h pour la fabrication, 24 h pour la facturation ;
- un site est évacué ou interdit d’accès pour plus de 4 h ;
- un poste ou un serveur affiche une demande de rançon, ou des sauvegardes ont été effacées : déclenchement **immédiat** ;
- plus de 40 % d’une équipe prioritaire est absente ;
- le transporteur, l’opérateur ou l’éditeur de l’ERP annonce un arrêt de plus de 24 h.

**Niveaux.** Vigilance : le coordinateur et le responsable concerné suivent la situation, la main courante est ouverte. Crise partielle : la cellule opérationnelle est réunie. Crise générale : les deux cellules sont réunies.

**Les trente premières minutes.**

1. Mettre les personnes en sécurité, compter les présents.
2. Ouvrir la main courante et noter l’heure de déclenchement : tous les délais partent de là.
3. Réunir la cellule : salle Chartreuse à Genas ; si Genas est touché, salle de formation de Saint-Quentin-Fallavier ; sinon, pont audio.
4. Distribuer les fiches réflexes du classeur de crise.
5. Dire, activité par activité : en marche, dégradée, arrêtée.
6. Décider du mode dégradé et de l’heure du prochain point.
7. Si l’informatique est touchée, ordonner le déclenchement du PRA.

Un déclenchement de trop n’est reproché à personne.`,
  },
  {
    kind: 'deactivation',
    title: 'Levée du plan',
    body: `
La levée est une décision du directeur de crise, prise en cellule et inscrite à la main courante avec son heure. Elle peut se faire activité par activité.

**Conditions, toutes nécessaires :**

- les activités prioritaires tiennent leur niveau normal depuis deux journées de travail entières ;
- les saisies faites sur papier sont reportées dans l’ERP et contrôlées par un second lecteur ;
- l’informatique a levé le PRA : accès normaux, sauvegardes reprises, première restauration d’essai réussie après la crise ;
- aucun site ne fonctionne plus sur un moyen de secours (groupe électrogène, liaison 4G, site de repli) ;
- les clients, les fournisseurs et l’assureur ont été informés de la fin de la situation.

**Déroulement.** Le coordinateur lit la liste à voix haute ; chaque responsable répond pour son activité. Un « non » suffit à maintenir le plan pour l’activité concernée. Le niveau redescend par paliers : crise générale, crise partielle, vigilance. La vigilance dure au moins cinq jours ouvrés.

**Après la levée.** Sophie Lacombe clôt la main courante, la fait signer par le directeur de crise et la range avec les bordereaux papier, qui sont conservés dix ans comme pièces comptables. Aurélie Combe propose un entretien aux personnes qui ont travaillé de nuit ou plus de 10 h d’affilée et régularise les heures. Le retour d’expérience (RETEX) à chaud se tient dans les cinq jours ; le RETEX complet est remis dans les 30 jours. Chaque action décidée y porte un nom et une date, et Damien Morel en vérifie l’effet.`,
  },
  {
    kind: 'degraded',
    title: 'Fonctionnement en mode dégradé',
    body: `
**Commandes.** Les appels sont renvoyés vers les mobiles de l’équipe, qui peut travailler de chez elle. Saisie sur bordereaux carbonés numérotés BC-0001 à BC-0600 (armoire rouge de chaque site). Le stock est lu sur la dernière liste imprimée : 300 articles, tirée chaque lundi et jeudi. Aucune remise nouvelle n’est accordée. Les commandes de dépannage passent d’abord.

**Expédition.** Préparation à partir du double du bordereau. Deux personnes pointent chaque colis. Les étiquettes s’impriment depuis le site du transporteur, sur la liaison 4G, ou s’écrivent à la main. Le bon de livraison manuscrit porte le numéro du bordereau. Objectif : 40 colis par jour.

**Fabrication.** Les flexibles standard se fabriquent avec les gammes imprimées et les réglages affichés sur les presses. Sans plan à jour, rien ne se fabrique sur plan. Chaque essai de pression est noté au registre papier ; un flexible sans essai noté ne sort pas de l’atelier.

**Facturation et encours.** Rien n’est facturé à la main. Les bordereaux livrés sont classés par client. Dès que la base de l’ERP est restaurée, l’infogérant en sort la liste des encours, sans attendre l’application. Les règlements sont lus sur le site de la banque, depuis un poste sûr.

**Certificats.** Copies remises à partir des documents restaurés, lus sur un poste isolé.

**Devis et paie.** Les devis non urgents attendent. Pour la paie, la banque rejoue le virement du mois précédent sous forme d’acompte, sur ordre signé de la directrice financière.

**Limite.** Le mode dégradé tient cinq jours ouvrés, le temps du stock de bordereaux. Au troisième jour, la cellule décide d’une réimpression.`,
  },
  {
    kind: 'return',
    title: 'Retour à la normale',
    body: `
La ressaisie suit un ordre fixe : d’abord ce qui change le stock, ensuite ce qui se facture.

1. **Geler.** À une heure annoncée, plus aucun bordereau n’est ouvert. Ceux qui le sont sont terminés ou annulés avec un motif.
2. **Constater.** L’informatique annonce l’instant auquel les données ont été restaurées. Tout ce qui a été saisi entre cet instant et l’arrêt est à refaire : la liste vient des courriels envoyés, des bons de livraison et des relevés du transporteur.
3. **Saisir.** Élodie Marchand et Céline Tissot forment quatre binômes : l’un lit, l’autre saisit. D’abord les sorties de stock, puis les commandes, puis les entrées. Compter 60 bordereaux par binôme et par jour.
4. **Inventorier.** Julien Arnaudet fait compter les 300 articles les plus demandés avant la réouverture des ventes au stock affiché.
5. **Contrôler.** Bertrand Coste rapproche les livraisons, les factures et la banque. Les écritures sont équilibrées, les numéros de facture se suivent sans trou.
6. **Rouvrir.** Le directeur de crise autorise chaque activité à reprendre son fonctionnement normal, après accord de son responsable.

Les équipes de renfort et le matériel loué sont rendus une fois le stock de bordereaux épuisé. Le site de repli est remis en état le lendemain, ses fournitures complétées, et Damien Morel en signe l’état.

Le travail de rattrapage est estimé à un jour pour un jour d’arrêt : ce délai s’ajoute à la reprise technique et reste dans la DMIA.`,
  },
  {
    kind: 'security',
    title: 'Sécurité pendant la crise',
    body: `
Une crise est le moment où l’on trompe le plus facilement l’entreprise. Les règles habituelles restent en vigueur ; celles-ci s’y ajoutent.

**Personnes.** Évacuation, secours et points de rassemblement passent avant toute continuité. Nul ne rentre dans un bâtiment évacué sans l’accord des secours, même pour un serveur ou un classeur. Pas de travail isolé dans l’atelier.

**Ordres et paiements.** Aucun changement de coordonnées bancaires et aucun virement demandé par téléphone ou par courriel pendant la crise. Un ordre de plus de 5 000 € est confirmé par rappel au numéro du classeur, par deux personnes. Personne ne négocie ni ne paie de rançon ; tout contact avec l’attaquant passe par le directeur de crise et les enquêteurs.

**Identités.** Un appelant inconnu qui se dit « du support » est rappelé au numéro du classeur. Les mots de passe ne se donnent ni par téléphone ni par messagerie. Les comptes ouverts pour la crise portent un nom, une date de fin et sont fermés à la levée.

**Informations.** Les bordereaux papier contiennent des données de clients : armoire fermée le soir, destruction par broyeur des brouillons. La main courante et le classeur ne quittent pas la salle de crise. Pas de photographie d’écran sur les réseaux sociaux.

**Traces.** On ne redémarre, n’efface ni ne réinstalle un poste suspect : on débranche le réseau, on laisse sous tension, on appelle l’informatique. Les heures et les gestes sont notés ; ils serviront à la plainte et à l’assurance.

**Sites.** Portail fermé, visiteurs accompagnés, gardiennage de nuit demandé si l’alarme est hors service.`,
  },
  {
    kind: 'resources',
    title: 'Moyens nécessaires',
    body: `
Les moyens ci-dessous sont vérifiés chaque trimestre par Damien Morel ; la fiche signée est jointe au classeur.

| Moyen | Quantité | Où | Responsable |
| --- | --- | --- | --- |
| Classeur de crise imprimé | 8 | deux sites, six domiciles | Damien Morel |
| Mallette de crise : 3 mobiles, 2 routeurs 4G, chargeurs | 2 | accueil de chaque site | Sophie Lacombe |
| Portables de secours, hors domaine, chiffrés | 6 | coffre de Saint-Quentin-Fallavier | Inès Caillat |
| Bordereaux carbonés BC | 600 | armoire rouge de chaque site | Élodie Marchand |
| Gammes et réglages imprimés | 1 jeu | bureau de l’atelier | Sandrine Poncet |
| Postes de repli | 14 | salle de formation de Saint-Quentin-Fallavier | Julien Arnaudet |
| Clé de récupération des sauvegardes | 2 | coffre de la banque, coffre de la plateforme | Philippe Garnier |

**Personnel minimal.** Commandes : 4 personnes. Expédition : 9. Fabrication : 12, dont 2 régleurs. Finance : 2. Informatique : 1, avec l’infogérant.

**Fournisseurs.** Amarante Continuité, infogérance et restaurations, astreinte permanente ; Calvanne Logiciels, du lundi au vendredi de 8 h à 18 h ; Télécoms du Confluent, rétablissement en 4 h ouvrées ; Messagerie Alpes-Saône, deux enlèvements par jour. Un sinistre le vendredi soir ne trouve donc ni éditeur ni opérateur avant le lundi : la cellule en tient compte dans ses délais.

**Argent.** Carte de crise plafonnée à 10 000 €, dans le coffre de la direction, et garantie cyber de l’assurance (numéro de contrat et téléphone à la page 2 du classeur).

**Repli.** Si Genas est fermé, les commandes et la finance s’installent à Saint-Quentin-Fallavier (20 km). Le sertissage n’a pas de repli propre : un confrère de Saint-Étienne fabrique les flexibles standard, selon l’accord d’entraide de mars.`,
  },
  {
    kind: 'recovery-order',
    title: 'Ordre de reprise des activités',
    body: `
Les délais partent du déclenchement. L’ordre suit ce que chaque activité attend des autres et du système d’information ; il ne se change que par décision inscrite à la main courante.

| Rang | Activité | Reprise visée | Doit être disponible avant | En attendant |
| --- | --- | --- | --- | --- |
| 1 | Prise de commandes et relation clients | 4 h | base de l’ERP, ERP, messagerie | bordereaux papier dès 30 min |
| 2 | Dépannage chez les clients | 4 h | téléphonie, camions-ateliers, base de l’ERP | appel direct du chef des dépannages |
| 3 | Préparation et expédition | 8 h | ERP, plateforme logistique, transporteur | double des bordereaux, 40 colis |
| 4 | Fabrication et sertissage | 24 h | ERP, deux lignes de sertissage, atelier | flexibles standard, gammes imprimées |
| 5 | Dossiers techniques et certificats | 24 h | documents partagés | lecture sur poste isolé |
| 6 | Facturation et encours | 48 h | base de l’ERP | classement des livraisons |
| 7 | Devis et offres | 48 h | messagerie, serveur de fichiers | échéances de la semaine seulement |
| 8 | Paie et déclarations | 72 h | paie en ligne, documents partagés, postes | acompte au net du mois précédent |

**Si la fin du mois approche.** À partir du 24, la facturation passe au rang 5 et la paie au rang 6 : la directrice financière le demande, le directeur de crise tranche.

**Si le personnel manque.** On arrête les devis, puis la paie est confiée au cabinet comptable, puis on réduit la fabrication aux dépannages. Les commandes et l’expédition ne s’arrêtent pas l’une sans l’autre.

**Si un seul site est perdu.** Genas : rangs 1, 3, 5 et 6 depuis Saint-Quentin-Fallavier, rang 2 depuis Valence, rang 4 chez le confrère. Saint-Quentin-Fallavier : expédition des dépannages depuis le stock de l’atelier, enlèvement à Genas.

À chaque point de situation, chaque responsable donne trois choses : l’heure de reprise prévue, ce qui lui manque, ce qu’il a perdu.`,
  },
];

export const PCA = {
  changeSummary:
    'Première version complète, établie après le bilan d’impact et les entretiens avec les responsables d’activité.',
  sections: SECTIONS.map((section) => ({ ...section, body: french(section.body) })),
};
