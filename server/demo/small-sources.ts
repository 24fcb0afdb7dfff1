/** Writes the files of the two small clients: few, and such as these firms have. */
import { mkdir, writeFile } from 'node:fs/promises';

const COMMUNES = ['Arradon', 'Séné', 'Theix', 'Baden', 'Surzur', 'Elven', 'Plescop', 'Sarzeau'];
const TOWNS = ['Dijon', 'Beaune', 'Dole', 'Chalon', 'Auxerre', 'Gray', 'Autun', 'Vesoul'];

export interface SmallSources {
  ostrea: string;
  ostreaBooks: string;
  maubrey: string;
}

/** The same files at each start, so that a second one finds nothing new to back up. */
export async function writeSmallSources(folder: string): Promise<SmallSources> {
  const sources = {
    ostrea: `${folder}/ostrea`,
    ostreaBooks: `${folder}/ostrea-comptabilite`,
    maubrey: `${folder}/maubrey`,
  };
  for (let number = 1; number <= 120; number += 1) await writeSurvey(sources.ostrea, number);
  for (let month = 1; month <= 24; month += 1) await writeBooks(sources.ostreaBooks, month);
  for (let day = 1; day <= 90; day += 1) await writeTours(sources.maubrey, day);
  return sources;
}

async function writeSurvey(folder: string, number: number) {
  const commune = COMMUNES[number % COMMUNES.length]!;
  const own = `${folder}/${String(number).padStart(4, '0')} Bornage ${commune}`;
  await mkdir(own, { recursive: true });
  const points = Array.from({ length: 40 + (number % 60) }, (_, place) => {
    const [x, y] = [267_000 + number * 3 + place * 1.37, 6_740_000 + number * 5 + place * 2.11];
    return `${place + 1};${x.toFixed(2)};${y.toFixed(2)};${place % 7 === 0 ? 'borne OGE' : 'limite relevée'}`;
  });
  await writeFile(`${own}/releve.csv`, `point;x;y;nature\n${points.join('\n')}\n`);
  await writeFile(
    `${own}/proces-verbal.txt`,
    `Procès-verbal de bornage n° ${number}\nCommune de ${commune}, section ${'ABCD'[number % 4]}, parcelle ${100 + number}\nContenance : ${850 + number * 17} m²\n`,
  );
}

async function writeBooks(folder: string, month: number) {
  await mkdir(folder, { recursive: true });
  const entries = Array.from({ length: 30 }, (_, place) => {
    const amount = (180 + ((month * 37 + place * 91) % 2400)).toFixed(2);
    return `${month};F-${month * 100 + place};${COMMUNES[(month + place) % COMMUNES.length]};${amount}`;
  });
  await writeFile(
    `${folder}/factures-${String(month).padStart(2, '0')}.csv`,
    `mois;facture;commune;montant\n${entries.join('\n')}\n`,
  );
}

async function writeTours(folder: string, day: number) {
  await mkdir(folder, { recursive: true });
  const tours = Array.from({ length: 12 }, (_, place) => {
    const [from, to] = [TOWNS[(day + place) % TOWNS.length], TOWNS[(day * 3 + place * 5) % TOWNS.length]];
    return `${day};${place + 1};${from};${to};${2 + ((day * place) % 4)} °C`;
  });
  await writeFile(
    `${folder}/tournees-${String(day).padStart(3, '0')}.csv`,
    `jour;tournée;de;à;température\n${tours.join('\n')}\n`,
  );
}
