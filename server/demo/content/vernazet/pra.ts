/** The recovery plan (PRA) of the demo's client: how its information system comes back. */
import type { Section } from '#/plans/plan-sections.ts';
import { french } from '../french.ts';

const SECTIONS: Omit<Section, 'payload'>[] = [
  {
    kind: 'scope',
    title: 'Objet, périmètre et objectifs',
    body: `
Ce plan de reprise d’activité (PRA) dit comment remettre en route le système d’information de Vernazet Fluides après une perte totale ou partielle. Il sert le plan de continuité (PCA), qui fixe les priorités et tient les activités en mode dégradé pendant ce temps.

**Périmètre :** réseau et accès internet, grappe de virtualisation, annuaire et DNS, ERP et sa base, serveur de fichiers et documents partagés, messagerie en ligne, postes de travail. **Hors périmètre :** site internet, hébergé et sauvegardé par l’agence qui l’édite ; automates des presses, réglables à la main.

**Scénarios :** S1 rançongiciel avec vol des droits d’administration ; S2 perte du local technique de Genas ; S3 panne d’un hôte ou corruption d’une base ; S4 indisponibilité de l’infogérant.

| Composant | Reprise visée | PDMA | Sauvegarde |
| --- | --- | --- | --- |
| Base de l’ERP | 4 h | 24 h | toutes les 12 h |
| ERP (application) | 4 h | sans objet | reconstruction, médias et fiche d’installation |
| Documents partagés | 24 h | 24 h | toutes les 12 h |
| Serveur de fichiers | 24 h | sans objet | reconstruction |
| Annuaire et DNS | 2 h 30 | 24 h | réplication, état système chaque nuit |
| Messagerie | 4 h | service de l’éditeur | aucune copie indépendante |

Les délais partent du déclenchement. Ce sont des **objectifs** : seules les restaurations d’essai mesurées disent s’ils sont tenus. Au jour de cette version, seules la base de l’ERP et les documents partagés font l’objet de restaurations d’essai ; les autres durées de ce plan sont des estimations et doivent être lues comme telles.`,
  },
  {
    kind: 'roles',
    title: 'Équipe de reprise : rôles, titulaires et suppléants',
    body: `
| Rôle | Titulaire | Suppléant |
| --- | --- | --- |
| Pilote de la reprise | Thomas Béraud, responsable informatique | Inès Caillat, administratrice systèmes |
| Réseau et virtualisation | Inès Caillat | Samia Benali, Amarante Continuité |
| Restaurations | Samia Benali, Amarante Continuité | Inès Caillat |
| ERP : remise en service | Thomas Béraud | assistance de Calvanne Logiciels |
| ERP : contrôle des données | Bertrand Coste, chef comptable | Céline Tissot, logistique |
| Documents : contrôle | Damien Morel, responsable QHSE | Sandrine Poncet, atelier |
| Détenteur de la clé de récupération | Philippe Garnier, directeur général | Nathalie Roche, directrice administrative et financière |
| Journal technique | Maud Perrin, assistante RH | Sophie Lacombe, assistante de direction |

Le **pilote** décide de l’ordre et des retours en arrière ; il ne touche pas aux machines dès que deux techniciens sont présents. Il rend compte à la cellule de crise toutes les heures pendant les huit premières heures, puis toutes les deux heures : ce qui est revenu, ce qui vient, ce qui bloque.

Le **détenteur de la clé** apporte la clé USB scellée, assiste à son ouverture et signe le journal avec l’heure. La clé n’est jamais copiée sur une machine de l’entreprise : elle est lue sur le portable de reprise, puis remise sous scellé.

Celui qui **contrôle** n’est pas celui qui a restauré. Son accord écrit dans le journal technique est nécessaire pour ouvrir un composant aux utilisateurs.

L’infogérant intervient sur appel du pilote, de son suppléant ou du directeur de crise, et de personne d’autre. Il rappelle toujours au numéro du classeur. Si l’infogérant lui-même est touché (S4), Inès Caillat mène les restaurations avec la notice imprimée, qui ne demande que des programmes libres.`,
  },
  {
    kind: 'comms',
    title: 'Alerte et échanges pendant la reprise',
    body: `
**Ordre d’appel technique.**

1. Astreinte Vernazet Fluides, 06 39 98 01 10, qui appelle Thomas Béraud (06 39 98 01 14), puis, sans réponse en 15 minutes, Inès Caillat (06 39 98 01 15).
2. Le pilote appelle Damien Morel (06 39 98 01 13), coordinateur du PCA : c’est lui qui prévient la direction.
3. Le pilote appelle l’astreinte d’Amarante Continuité, 04 65 71 02 20.
4. Selon le besoin : Télécoms du Confluent, 04 65 71 03 30 ; Calvanne Logiciels, 04 65 71 04 40, de 8 h à 18 h en semaine.
5. En cas d’attaque : assurance cyber (page 2 du classeur), puis 17Cyber pour l’orientation et le dépôt de plainte.

**Canaux.** Pont audio de l’opérateur mobile pour l’équipe de reprise ; groupe « Crise VF » sur les mobiles pour les messages courts. Jamais la messagerie de l’entreprise avant sa remise en confiance : un attaquant peut la lire.

**Vers les utilisateurs.** L’informatique ne leur parle pas directement. Elle remet au coordinateur, à chaque point, une ligne par composant :

| Composant | État | Prochaine heure sûre | Données à jour au |
| --- | --- | --- | --- |
| ERP | en restauration | 13 h 30 | 06 h 00 |

La colonne « données à jour au » est essentielle : elle dit aux équipes ce qu’elles devront ressaisir.

**Vers les fournisseurs.** Un seul interlocuteur par fournisseur, noté au journal avec le numéro de dossier. Toute promesse de délai y est écrite avec le nom de celui qui l’a faite.`,
  },
  {
    kind: 'activation',
    title: 'Déclenchement de la reprise',
    body: `
Le PRA est déclenché par le directeur de crise, sur proposition du pilote. Si ni l’un ni l’autre n’est joint en 30 minutes, le pilote ou son suppléant le déclenche seul et le fait confirmer ensuite.

**Seuils.**

- ERP ou annuaire arrêté, sans retour certain en 2 h.
- Local technique inaccessible, noyé, en feu ou sans courant au-delà de l’autonomie des onduleurs (25 minutes).
- Base ou documents corrompus, ou perte de plus d’une heure de saisie.
- Chiffrement, demande de rançon, compte d’administration inconnu, sauvegardes effacées ou désactivées : déclenchement immédiat, sans attendre de certitude.

**Premiers gestes, attaque (S1).**

1. Couper l’accès internet et la liaison entre les deux sites au pare-feu. Ne rien éteindre.
2. Débrancher le réseau des hôtes de virtualisation et du dépôt de sauvegarde.
3. Révoquer les sessions et les mots de passe d’administration de la messagerie depuis un portable de reprise.
4. Photographier les écrans, noter les heures, conserver les journaux du pare-feu.
5. Chercher la date de la première intrusion : elle commande le choix du point de restauration.

**Premiers gestes, sinistre ou panne (S2, S3).**

1. Vérifier la sécurité des personnes et du courant.
2. Dire ce qui est perdu, ce qui est intact, ce qui est douteux.
3. Choisir le lieu : Genas ; sinon, salle technique de Saint-Quentin-Fallavier et serveur de secours de l’infogérant, livré en 3 h.
4. Demander la clé de récupération à son détenteur.
5. Annoncer à la cellule une première heure de reprise par activité.

L’heure de déclenchement est écrite en tête du journal technique.`,
  },
  {
    kind: 'deactivation',
    title: 'Levée de la reprise',
    body: `
Le pilote propose la levée, le directeur de crise la prononce. Elle est inscrite à la main courante et au journal technique.

**Le pilote doit pouvoir répondre oui à chaque ligne :**

| Contrôle | Par | Preuve |
| --- | --- | --- |
| Tous les composants sont ouverts et contrôlés | pilote | accords écrits au journal |
| Les requêtes de contrôle de l’ERP donnent les réponses attendues | Bertrand Coste | copie des réponses |
| La cause est connue et supprimée, ou isolée | pilote | note datée |
| Les mots de passe d’administration et le secret de l’annuaire (compte krbtgt, deux fois) sont changés | Inès Caillat | journal |
| Les sauvegardes tournent de nouveau, vers un dépôt jugé sain | Samia Benali | deux passages réussis |
| Une restauration d’essai a réussi sur une sauvegarde **faite après** la reprise | Samia Benali | rapport d’essai |
| Les accès ouverts pour la crise sont fermés | Inès Caillat | liste vide |
| La clé de récupération est de nouveau sous scellé | Philippe Garnier | signature |

Si la clé a été lue sur une machine douteuse, une nouvelle paire est faite, les sauvegardes suivantes sont scellées avec elle, et l’ancienne est gardée pour les sauvegardes antérieures.

**Levée partielle.** Un composant peut sortir du PRA avant les autres si rien de ce dont il dépend n’y reste.

**Ensuite.** Les disques saisis ou remplacés sont conservés 90 jours pour l’enquête. Les temps de reprise et les pertes de données constatés sont reportés dans le dossier de chaque composant. Un RETEX technique se tient dans les cinq jours et nourrit celui du PCA ; le plan est corrigé, puis soumis à une nouvelle approbation.`,
  },
  {
    kind: 'degraded',
    title: 'Services informatiques en mode dégradé',
    body: `
En attendant la reprise complète, l’informatique fournit un service réduit, annoncé comme tel.

**Accès internet.** Routeurs 4G des mallettes de crise : un par site, 20 appareils au plus. Réservés au transporteur, à la banque, à la messagerie et à l’infogérant. La téléphonie est renvoyée vers les mobiles depuis le portail de l’opérateur.

**ERP en lecture seule.** Dès que la base est restaurée, et avant l’application, l’infogérant l’ouvre sur le portable de reprise, hors réseau. Il en tire, sous forme de listes imprimées :

- le stock des 300 articles les plus demandés ;
- les commandes en cours, triées par date de livraison souhaitée ;
- l’encours de chaque client (vue « encours_clients »).

Les listes portent la date et l’heure des données. Elles sont refaites une fois par jour.

**Documents.** Les documents restaurés sont lus sur deux postes isolés, un à l’atelier et un à la qualité, en lecture seule. Aucune clé USB n’y est branchée, sauf celle du pilote.

**Messagerie.** Si l’annuaire local est perdu, la messagerie en ligne reste accessible avec ses propres comptes. Si elle est douteuse, trois adresses de secours chez un autre fournisseur servent aux commandes, à la qualité et à la direction.

**Identités.** Sans annuaire, les portables de reprise s’ouvrent avec des comptes locaux nominatifs, tirés du coffre de mots de passe. Pas de compte partagé.

**Impression.** Une imprimante par site, raccordée par câble aux postes isolés.

Ce mode demande une personne à plein temps. Au-delà de trois jours, le pilote fait venir un technicien de l’infogérant sur place.`,
  },
  {
    kind: 'return',
    title: 'Retour à l’exploitation normale',
    body: `
Le retour commence quand les activités prioritaires tournent sur les moyens de reprise. Il se prépare comme un changement planifié : une date, un essai, un retour en arrière possible.

1. **Reconstruire la cible.** Hôtes réinstallés depuis les médias de l’éditeur, micrologiciels à jour, réseau d’administration séparé. Rien n’est recopié d’une machine suspecte, à l’exception des données contrôlées.
2. **Répéter.** Restauration à blanc de la dernière sauvegarde sur la cible, mesurée. La durée obtenue fixe la fenêtre de bascule.
3. **Geler.** Un vendredi à 18 h, les équipes ferment l’ERP. Une sauvegarde finale de la base et des documents est faite, puis vérifiée.
4. **Basculer.** Restauration sur la cible, requêtes de contrôle, ouverture à trois utilisateurs témoins, un par service.
5. **Décider.** Le samedi à 12 h, le pilote confirme ou revient aux moyens de reprise, restés intacts.
6. **Ouvrir.** Le lundi à 6 h, ouverture à tous ; présence renforcée de l’informatique dans les deux sites jusqu’au mardi soir.
7. **Rendre.** Le matériel loué est effacé selon la procédure de l’infogérant, avec certificat, au plus tôt 15 jours après.

**Réintégration des postes.** Tout poste présent sur le réseau au moment d’une attaque est réinstallé ; les portables absents ce jour-là sont analysés avant d’être raccordés. Rythme : 20 postes par jour, dans l’ordre commandes, logistique, finance, autres.

**Rattrapage.** Les ressaisies sont menées par les métiers selon le PCA. L’informatique fournit l’instant exact des données restaurées et, si elle le peut, la liste des pièces créées entre cet instant et l’arrêt.`,
  },
  {
    kind: 'security',
    title: 'Sécurité de la reprise',
    body: `
**Règle première : ne pas restaurer l’attaquant.** En cas d’attaque, aucune donnée n’est remise en service avant que la date d’intrusion soit estimée. Le point de restauration choisi est le dernier **prouvé** par une restauration d’essai et antérieur à cette date ; s’il n’est pas le plus récent, la perte supplémentaire est annoncée à la cellule, qui décide.

**Zone de reprise.** Un réseau isolé, sans route vers l’ancien. On y entre depuis les six portables de reprise, jamais depuis un poste ordinaire. Les systèmes sont réinstallés ; seules les **données** viennent des sauvegardes. Fichiers exécutables et macros des documents restaurés sont analysés avant l’ouverture.

**Secrets.** Le coffre de mots de passe est ouvert hors réseau. Chaque mot de passe utilisé pendant la reprise est changé à la levée. La clé de récupération suit la règle des deux personnes : le détenteur et le technicien.

**Sauvegardes.** Elles sont lues, jamais modifiées : ni réparation sur place, ni purge, ni changement de rétention pendant la crise. Chaque empreinte est vérifiée avant usage ; une seule différence arrête la restauration et fait prendre le point précédent. Une copie complète du dépôt est faite avant la première restauration si le support est douteux.

**Ouverture des accès.** Dans cet ordre : administrateurs avec double authentification, contrôleurs métiers, utilisateurs de l’activité, accès distants en dernier. Les comptes de service et les accès des fournisseurs restent fermés jusqu’à la demande du pilote.

**Preuves.** Image disque d’au moins un hôte et du premier poste touché ; journaux du pare-feu, de la messagerie et de l’annuaire copiés sur un support daté, avec empreinte. Ils sont remis aux enquêteurs contre reçu.

**Fatigue.** Pas de commande destructrice après 22 h sans deuxième paire d’yeux.`,
  },
  {
    kind: 'resources',
    title: 'Moyens de reprise',
    body: `
| Moyen | Où | Remarque |
| --- | --- | --- |
| Dépôt de sauvegarde | local sûreté de Genas, comptes séparés de l’annuaire | base de l’ERP et documents, toutes les 12 h |
| Notice de restauration et programme « restore.sh » | dans le dépôt et imprimés au classeur | utilisables sans l’infogérant |
| Clé de récupération | coffre de la banque ; coffre de Saint-Quentin-Fallavier | accès de la banque : 9 h à 17 h, en semaine |
| Coffre de mots de passe | portables des administrateurs ; enveloppe scellée | lisible hors réseau |
| Portables de reprise (6) | coffre de Saint-Quentin-Fallavier | programmes age, zstd, tar et PostgreSQL installés |
| Serveur de secours | chez l’infogérant, livré en 3 h | 128 Go de mémoire, 8 To |
| Médias d’installation | disque chiffré, coffre de Saint-Quentin-Fallavier | mis à jour chaque trimestre |
| Configuration du pare-feu | enveloppe scellée et disque chiffré | après chaque changement |

**Personnes.** Deux techniciens au moins, un contrôleur métier par composant, le détenteur de la clé. Relève toutes les 8 h ; le renfort de l’infogérant est demandé dès la première heure.

**Contrats.** Infogérant : astreinte permanente, sur site en 3 h. Opérateur : 4 h ouvrées. Éditeur de l’ERP : prise en charge en 2 h, en semaine, sans engagement de résolution. Ces horaires ne permettent pas de tenir 4 h sur l’ERP un dimanche si l’éditeur est indispensable : la procédure ci-dessous est écrite pour se passer de lui.

**Ce qui manque encore.** Pas de copie indépendante de la messagerie. Pas de deuxième grappe. La copie hors site du dépôt est demandée à l’infogérant ; tant qu’elle n’est pas constatée, le scénario S2 repose sur le seul coffre de Genas. Ces trois écarts sont suivis au plan d’action, avec Thomas Béraud pour responsable.`,
  },
  {
    kind: 'recovery-order',
    title: 'Ordre de rétablissement',
    body: `
Aucune étape ne commence avant celles dont elle dépend. Les restaurations (étapes 3 et 4) n’attendent que la clé : elles démarrent en parallèle du reste, sur un portable de reprise.

| Étape | Composant | Après | Durée prévue | Réussie quand |
| --- | --- | --- | --- | --- |
| 1 | Coffre de mots de passe, clé de récupération | – | 30 min | ouverts par deux personnes |
| 2 | Réseau, pare-feu, accès internet | 1 | 30 min | accès à l’infogérant et au transporteur |
| 3 | Base de l’ERP : restauration | 1 | 45 min | requêtes de contrôle justes |
| 4 | Documents partagés : restauration | 1 | 2 h | aucun écart avec le manifeste |
| 5 | Grappe de virtualisation | 1, 2 | 45 min | un hôte sain, stockage visible |
| 6 | Annuaire et DNS | 5 | 30 min | ouverture de session, noms résolus |
| 7 | ERP (application) | 3, 5, 6 | 45 min | commande d’essai saisie et annulée |
| 8 | Serveur de fichiers | 4, 5, 6 | 1 h | un plan ouvert depuis l’atelier |
| 9 | Postes de travail | 6 | 20 par jour | commandes d’abord |

La messagerie, chez son éditeur, se contrôle dès l’étape 2. Chemin le plus long jusqu’à l’ERP : 1, 2, 5, 6, 7, soit 3 h pour 4 h visées.

**Restaurer un jeu de données**, depuis le dépôt copié ou monté :

\`\`\`
sh restore.sh --asset erp-postgresql --point latest \\
  --identity /media/cle/identity.txt --into /srv/reprise/erp
sh restore.sh --asset documents-partages --point latest \\
  --identity /media/cle/identity.txt --into /srv/reprise/documents
\`\`\`

Le programme vérifie chaque empreinte et s’arrête à la première faute. La base se charge ensuite avec \`pg_restore\`, comme le dit la notice.

**Contrôler l’ERP** avant de l’ouvrir : écritures équilibrées, aucune commande sans ligne, factures égales aux commandes, aucun stock négatif, date de la dernière facture annoncée à la cellule.

**Retour en arrière.** Une étape qui dépasse le double de sa durée est arrêtée : le pilote prend le point précédent ou l’autre lieu et l’annonce.`,
  },
];

export const PRA = {
  changeSummary:
    'Ordre de rétablissement revu avec l’infogérant ; procédure de restauration sans logiciel propriétaire ajoutée ; écarts connus nommés.',
  sections: SECTIONS.map((section) => ({ ...section, body: french(section.body) })),
};
