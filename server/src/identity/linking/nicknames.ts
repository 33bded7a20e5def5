// Given names that one person in Britain may go by. Each line is a group: a name may stand in several, and two names are
// nicknames of each other when they share one. Written for Vouch from common knowledge.

const GROUPS = `
abdul abdullah abdal
aisha ayesha aysha aicha aishah
ahmed ahmad ahmet
caoimhe keeva kweeva
hassan hasan
hussain hussein husain hossain
khalid khaled
omar umar omer
abigail abbie abby abi gail
agnes aggie nessie
alan al allan allen
albert bert al bertie
alexander alex al alec alasdair alastair sandy xander sasha lex
alexandra alex alexa sandra sandy sasha lexi
alfred alf alfie fred freddie
alice ali allie
alison ali ally
amanda mandy
amelia amy millie mia melia
andrew andy drew andi
angela angie ange
angharad hari
ann anna anne annie nan nancy hannah
anneliese annie liese
anthony antony tony ant
archibald archie
arthur art artie
barbara barb babs
barnabas barney barnaby
bartholomew bart
beatrice bea trixie beatrix
benjamin ben benny benji
bernard bernie
bridget biddy bridie breda
brigid bridie
bronwen bron
calum callum
cameron cam
caroline carol carrie caz lina
catherine cath cathy kate katie katy kitty kathryn katherine kathleen kath kathy kat cat catriona
cecilia cissie celia
charles charlie chas chuck
charlotte charlie lottie lotte char
christina christine chris chrissie tina kirsty kristina
christopher chris kit topher
clifford cliff
constance connie
cynthia cindy
daniel dan danny
danielle dani danni
david dave davy davie dai dafydd
deborah deb debbie debra debs
declan dec
delia dee
derek del derrick
diana di diane dinah
dominic dom nick
donald don donnie
dorothy dot dottie dolly dora
douglas doug dougie
duncan dunc
edith edie
edmund ed eddie ned ted
edward ed eddie ned ted teddy
edwin ed eddie
eileen aileen
eleanor ellie nell nellie elena elinor nora ella lena
elizabeth liz lizzie lizzy beth betty betsy bess libby eliza lisa elsie elspeth liza bethany lilibet
ellen nell nellie ellie
emily em emmy millie emilia
emma em emmy
ernest ernie
esther essie hester
eugene gene
eve evie eva evelyn
ewan euan eoin owen
fatima fatma fatimah fatema fathima
florence flo florrie flossie
frances fran frankie francesca fanny
francis frank frankie fran
franklin frank
frederick fred freddie freddy
gabriel gabe gabi
gabrielle gabby gaby
gareth gaz gary
genevieve gen jenny
geoffrey geoff jeff jeffrey
george georgie
georgina georgie gina georgia
gerald gerry jerry ged
gerard gerry ged
gertrude gertie trudy
gillian gill jill gilly
grace gracie
graham graeme grahame
gregory greg
gwendolyn gwen wendy gwendoline
hamish seumas
hannah hanna
harold harry hal
harriet hattie harry
helen nell nellie ellen helena
henry harry hal hank
henrietta etta hetty
herbert herb bert bertie
hilary hils
howard howie
hubert bert hugh
hugh hughie huw shug
ian iain
ibrahim ebrahim abraham
imogen immy immie
irene rene
isaac ike zac
isabel izzy bella isobel isabella isabelle belle ishbel izzie
isla ila
jack jackie jock john
jacob jake jakob
jacqueline jackie jacqui
james jim jimmy jamie jem
jane janey janie jenny
janet jan jeanette
janice jan
jason jay jase
jean jeanie
jemima mima
jennifer jen jenny jenni jenna
jeremy jerry jez jem
jessica jess jessie
joan joanie
joanna jo joanne joanie
john jack johnny jon johnnie jock ian sean
jonathan jon jonny jonty jonathon
joseph joe joey jo
josephine jo josie posy
joshua josh
joyce joy
judith judy jude
julia jules julie
julian jules
juliet jules
justin jus
karen kaz
kenneth ken kenny
kimberley kim kimberly
laurence larry laurie lawrence loz
laura laurie lori
leonard len lenny leo
leslie les lesley
lewis louis lou lew
lilian lily lil lillian lilly
linda lynda lin lyn
llewellyn lyn llew
louise lou lulu louisa
lucy lucinda lucie lulu
luke lucas
lydia liddy
madeleine maddie maddy madeline
malcolm malc mal
margaret maggie meg peggy peg madge margie greta mags marge megan rita mairead
maria marie mary mia
marian marion
marilyn lyn
martha mattie marty
martin marty
mary molly polly mae mamie may moll maire mairi
matilda tilly mattie tilda
matthew matt matty
maureen mo maur
maurice mo morris
maxwell max
maximilian max
melanie mel
melissa mel lissa
michael mike mick mickey micky mikey
michelle shell chelle
mildred millie
miriam mim mimi
mohammed muhammad mohamed mohammad mo muhammed md mohd mahomed mohamad
mohammed ahmed ahmad
monica mon
nadine nadia
nancy nan
natalie nat nattie natalia
natasha tasha nat
nathan nate nat
nathaniel nat nate nathan
neil niall neal
nicholas nick nicky nic nico
nicola nicky nikki nic
noor nur noora
oliver ollie olly
olivia liv livvy livia
oscar ossie
oswald oz ozzie
pamela pam pammy
patrick pat paddy padraig patsy
patricia pat patsy trish tricia patty trisha
paul paulie
paula pauline
penelope pen penny
percival percy
peter pete
philip phil pip phillip
philippa pip pippa
phoebe fifi
phyllis phyl
priscilla cilla
rachel rach rachael rae
raymond ray
rebecca becca becky bex beck
reginald reg reggie
rhiannon rhi
richard rick dick rich ricky dickie richie
robert bob rob bobby robbie bert rab robin
roberta bobbie
robin rob
roderick rod roddy rory
rodney rod
roger rog
roland roly rolly
ronald ron ronnie
rosalind ros roz rosie
rosemary rose rosie
roseanna rose rosie anna
rose rosie rosa
rupert rupe bert
russell russ rusty
sabrina bri
samantha sam sammy
samuel sam sammy
sarah sally sara sadie sal
sebastian seb bas
seamus james jim
shaun sean shawn
sheila sheelagh
sidney sid sydney
siobhan shevaun chevonne shivaun
sophia sophie soph sofia
stanley stan
stephanie steph steff
stephen steve stevie steven ste
stewart stuart stu
susan sue susie suzie suzanne susanna sukie
tabitha tabby
tamara tammy
terence terry tel
teresa theresa terry tess tessa tracy
thaddeus tad thad
theodore theo ted teddy
theodora thea dora
thomas tom tommy thom
timothy tim timmy
tobias toby
valerie val
vanessa ness nessa
vera vee
veronica ronnie vera
victor vic
victoria vicky vikki tori vic
vincent vince vinnie
virginia ginny
vivian viv vivienne
walter wally walt wat
wilfred wilf fred
wilhelmina mina billie
william bill billy will willie liam wills
winifred win winnie freda
yasmin jasmine yasmine jasmin
yousef yusuf joseph youssef yousuf
yvonne eve
zachary zac zach zak
zoe zoey
`;

const groupsOf = new Map<string, number[]>();
for (const [group, line] of GROUPS.trim().split('\n').entries()) {
  for (const name of line.split(' ')) groupsOf.set(name, [...(groupsOf.get(name) ?? []), group]);
}
const NONE: readonly number[] = [];

/** Numbers of the groups that a folded given name belongs to. */
export function nicknameGroups(given: string): readonly number[] {
  return groupsOf.get(given) ?? NONE;
}

/** One name of every group, the first of its line: two nicknames of one name share a block. */
export function formalNames(given: string): readonly string[] {
  return nicknameGroups(given).map((group) => FORMAL[group] ?? given);
}

const FORMAL = GROUPS.trim()
  .split('\n')
  .map((line) => line.split(' ')[0] ?? line);
