// Names that people in a British city have, grouped so that given and family names belong together.

export type NamePool = {
  readonly family: readonly string[];
  readonly female: readonly string[];
  readonly male: readonly string[];
};

const words = (text: string): readonly string[] => text.split(' ');

const BRITISH: NamePool = {
  family: words(
    'Smith Jones Taylor Brown Williams Wilson Johnson Davies Patterson Wright Walker White Edwards Green Hall Wood Harris Lewis Martin Jackson Clarke Clark Turner Hill Cooper Ward Moore Morris Watson Harrison Baker Allen Mitchell Bailey Shaw Bennett Carter Richardson Fletcher Ashworth Pemberton Hargreaves Sutcliffe Ogden Birtwistle',
  ),
  female: words(
    'Margaret Patricia Susan Linda Christine Janet Carol Elizabeth Jean Dorothy Joan Sarah Emma Laura Charlotte Amy Rebecca Hannah Olivia Amelia Isla Ava Grace Freya Florence Poppy Daisy Evelyn Harriet Jacqueline Beverley Gillian',
  ),
  male: words(
    'John David Michael Peter Robert Alan Brian Kenneth Derek Raymond Stephen Paul Andrew Mark James Matthew Daniel Thomas Jack Oliver Harry George Noah Arthur Leo Alfie Henry Theodore Nigel Trevor Graham Stuart',
  ),
};

const SCOTTISH_WELSH: NamePool = {
  family: words(
    "Campbell MacDonald Stewart McGregor Fraser Murray Ross MacLeod Buchanan Sinclair Evans Hughes Roberts Griffiths Llewellyn Pritchard ap-Rhys Morgan Rees Bowen D'Arcy",
  ),
  female: words('Fiona Morag Eilidh Catriona Isobel Sian Carys Bronwen Angharad Rhiannon Megan Nerys Kirsty Mhairi'),
  male: words('Hamish Callum Ewan Angus Rhys Dafydd Gareth Ieuan Owain Alasdair Iain Huw Emyr Lachlan'),
};

const IRISH: NamePool = {
  family: [
    "O'Brien",
    "O'Connor",
    "O'Neill",
    'Ó Súilleabháin',
    'Ní Dhomhnaill',
    'Murphy',
    'Kelly',
    'Byrne',
    'Doherty',
    'Gallagher',
    'McCarthy',
    'Fitzgerald',
  ],
  female: words('Siobhán Aoife Niamh Róisín Bridget Maeve Orla Sinéad Caoimhe Gráinne Kathleen Nuala'),
  male: words('Seán Pádraig Ciarán Declan Eoin Conor Liam Fergal Diarmuid Tadhg Brendan Oisín'),
};

const SOUTH_ASIAN: NamePool = {
  family: words(
    'Patel Khan Singh Kaur Hussain Ahmed Begum Ali Shah Sharma Gupta Chowdhury Rahman Mistry Desai Iqbal Mahmood Akhtar Miah Sandhu Gill Bhatt Nair Krishnamurthy Venkataraman',
  ),
  female: words(
    'Aisha Fatima Priya Anjali Meera Sunita Nasreen Shabana Harpreet Gurpreet Zainab Rukhsana Lakshmi Deepa Samina Parveen Jasmin Kavita',
  ),
  male: words(
    'Mohammed Imran Rajesh Sanjay Amit Vikram Gurdeep Harjit Tariq Bilal Arjun Rohan Kamran Abdul Ravi Suresh Naveed Yusuf',
  ),
};

const AFRICAN_CARIBBEAN: NamePool = {
  family: words(
    'Okafor Adeyemi Mensah Boateng Owusu Nwosu Abubakar Hassan Mohamud Warsame Tesfaye Kamara Sesay Campbell-Reid Baptiste Grant Francis Ogunleye Chukwuemeka Onyekachukwu',
  ),
  female: words('Ngozi Adaeze Abena Akosua Folake Amina Hodan Selam Marcia Yvonne Chiamaka Precious Blessing Fatou'),
  male: words('Chinedu Emeka Kwame Kofi Tunde Babatunde Ibrahim Abdi Dawit Winston Desmond Delroy Samuel Ebenezer'),
};

const EUROPEAN: NamePool = {
  family: words(
    'Kowalski Nowak Wiśniewska Zieliński Łukaszewicz Popescu Ionescu Dumitru Petrović Müller Jürgensen Ferreira Gonçalves da-Silva Papadopoulos Horváth Novák Šimić Lefèvre Åkesson',
  ),
  female: words('Agnieszka Małgorzata Zofia Elena Ioana Zoë Chloë Renée Beatriz Inês Katarzyna Jana Ilse Noémie'),
  male: words('Piotr Łukasz Krzysztof Andrei Mihai Jürgen Björn João Nikolaos László Tomáš Goran René Tadeusz'),
};

const MIDDLE_EASTERN_EAST_ASIAN: NamePool = {
  family: words(
    'Al-Mansouri Haddad Yılmaz Şahin Özdemir Kurdi Rostami Chan Wong Nguyen Tran Cheung Zhang Li Kim Takahashi Reyes Santos',
  ),
  female: words('Layla Noor Elif Ayşe Shirin Mei Xiu Linh Thuy Ji-woo Yuki Maricel Rosario Wai-Ling'),
  male: words('Omar Khalid Mehmet Emre Reza Wei Jun Minh Quang Min-jun Hiroshi Joel Rodrigo Chi-Keung'),
};

export const NAME_POOLS: readonly (readonly [NamePool, number])[] = [
  [BRITISH, 52],
  [SCOTTISH_WELSH, 9],
  [IRISH, 7],
  [SOUTH_ASIAN, 16],
  [AFRICAN_CARIBBEAN, 7],
  [EUROPEAN, 6],
  [MIDDLE_EASTERN_EAST_ASIAN, 3],
];

/** Names that have broken systems before; every morning has them. Sex, title, family, given. */
export const NOTABLE: readonly (readonly ['male' | 'female', string, string, readonly string[]])[] = [
  ['female', 'Mrs', "O'Brien", ['Margaret', 'Mary']],
  ['female', 'Ms', 'Ashworth', ['Zoë']],
  ['male', 'Mr', 'Ó Súilleabháin', ['Pádraig']],
  ['female', 'Mrs', 'Smythe-Harrington', ['Anne-Marie', 'Louise']],
  ['male', 'Mr', 'Featherstonehaugh-Cholmondeley-Warburton', ['Maximilian', 'Bartholomew', 'Montgomery', 'Alexander']],
  ['female', 'Ms', 'Suryani', []],
  ['male', 'Dr', "D'Souza", ['Xavier']],
  ['female', 'Mrs', 'van der Merwe', ['Johanna', 'Elizabeth']],
  ['male', 'Mr', 'Null', ['Christopher']],
  ['female', 'Miss', 'Ng', ['Yu']],
  ['male', 'Mr', 'McLoughlin', ["Sean-Paul O'Dowd"]],
  ['female', 'Mrs', 'Brontë', ['Renée']],
  ['male', 'Mr', 'Singh', ['Gurdeep']],
  ['female', 'Mrs', 'Kaur', ['Harpreet']],
  ['male', 'Mr', 'Mohammed', ['Mohammed']],
  ['male', 'Revd', 'St. John', ['Hugh']],
];

/** Pairs of given names for twins; the first pair is close enough to be mixed up. */
export const TWIN_GIVEN: readonly (readonly ['male' | 'female', string, string])[] = [
  ['female', 'Amelia', 'Amelie'],
  ['male', 'Hassan', 'Hussain'],
  ['female', 'Grace', 'Faith'],
];
