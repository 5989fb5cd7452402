//! Every kind of fault, with its stable number, its name for `[diagnostics]`, and its long text.

use super::diagnostic::{Code, Group, Level};

macro_rules! codes {
    ($($name:ident $id:literal $word:literal $group:ident $level:ident $fatal:literal $explanation:literal)*) => {
        $(
            #[doc = $explanation]
            pub static $name: Code = Code {
                id: $id, name: $word, group: Group::$group, level: Level::$level, fatal: $fatal, explanation: $explanation,
            };
        )*

        /// Every code, by number.
        pub static ALL: &[&Code] = &[$(&$name),*];
    };
}

/// The code with this number or name, in any case.
pub fn find(text: &str) -> Option<&'static Code> {
    ALL.iter().copied().find(|code| code.id.eq_ignore_ascii_case(text) || code.name == text)
}

codes! {
SETTINGS_SYNTAX "B0001" "settings-syntax" Settings Error true
"`site.toml` is not valid TOML, so no setting can be read. The message names the place where the parser stopped."

BAD_SETTING "B0002" "bad-setting" Settings Error true
"A setting has a value that it cannot have. `brief help config` lists every setting with its values and its default."

NO_DEFAULT_LABEL "B0003" "no-default-label" Settings Error true
"The site has editions, and some document may not say its label. Without a default it would be unclear which editions may hold it, so the build stops. Set `tlp = \"amber\"` (or another label) at the top of `site.toml`."

UNKNOWN_THEME "B0004" "unknown-theme" Settings Error true
"`theme` names a folder that is not in `themes/`. Without the setting, the theme that comes with the program is used."

UNSAFE_FOLDER "B0005" "unsafe-folder" Settings Error true
"A folder that a setting or a flag names cannot be what it is named for: what is built or published there would harm the site, its sources, or what lies there already. The output is a folder of its own, such as `public`; so is the cache, such as `.cache`; and so is that in which `brief publish` keeps its releases."

NOT_UTF8 "B0100" "not-utf8" Files Error true
"Sources are UTF-8. The file holds bytes that are not; it was probably saved in a local encoding. Convert it, for example with `iconv -f WINDOWS-1252 -t UTF-8`."

YAML_SYNTAX "B0101" "yaml-syntax" FrontMatter Error true
"The front matter between the `---` lines is not valid YAML at this place, so the entry here cannot be read; the others are. Mostly a value needs quotes, because there is a colon in it, or because it begins with a sign that YAML keeps for itself: `@`, `%`, `*`, `&`, `!`, `[`, `{`, `|`, `>`, a backtick, a quotation mark. Single quotes are for text with a backslash in it. After the colon of a key comes a blank, and what goes on below a key is indented with spaces."

FRONT_MATTER_OPEN "B0102" "front-matter-open" FrontMatter Error true
"The file starts with `---`, but no second `---` line ends the front matter."

FRONT_MATTER_SIZE "B0103" "front-matter-size" FrontMatter Error true
"Front matter may be 64 KB long and nest 64 levels deep. Nobody writes more by hand, and a parser can be kept busy for minutes by less."

DUPLICATE_KEY "B0104" "duplicate-key" FrontMatter Error false
"A key stands twice in one map. YAML forbids it, and readers disagree on which value counts. The first is kept."

UNKNOWN_KEY "B0105" "unknown-key" FrontMatter Error false
"This kind of document has no such key. It is mostly a slip of the pen; `brief schema KIND` lists the keys. Anything of the site's own goes under `extra:`. A site that takes over an old collection sets `front_matter.unknown = \"extra\"`, and unknown keys go there by themselves."

WRONG_TYPE "B0106" "wrong-type" FrontMatter Error false
"The key takes another sort of value: text, a list, a map, a number, a date, true or false. Where a list is wanted, a single value will do."

MISSING_KEY "B0107" "missing-key" FrontMatter Error false
"A key that the document or the item cannot do without is missing, or holds nothing: a title of blanks alone cannot be seen."

UNKNOWN_CHOICE "B0108" "unknown-choice" FrontMatter Error false
"The key takes one of a few words, and this is none of them. The message lists them."

BAD_DATE "B0109" "bad-date" FrontMatter Error false
"Dates are EDTF (ISO 8601-2): `2024`, `2024-03`, `2024-03-22`; `~` for about, `?` for uncertain, `%` for both; `2025-12-01/2025-12-10` and `2019/..` for intervals; `202X` for a decade. A time may follow: `2025-12-09T06:00:00Z`."

BAD_LABEL "B0110" "bad-label" Labels Error true
"The labels are those of TLP 2.0: clear, green, amber, amber+strict, red. This one is none of them; or there is none after `tlp:`; or the key is only like `tlp`: misspelt, with letters of another script, with a character that nobody sees, with a colon too many; or it stands twice, or where nothing has a label. A label that cannot be read could let a part travel too far, so this stops the build."

UNKNOWN_COUNTRY "B0111" "unknown-country" FrontMatter Error false
"Countries are written as ISO 3166-1 alpha-2 (`AF`) or alpha-3 codes (`AFG`), or by their English names. Kosovo is `XK`."

OUT_OF_RANGE "B0112" "out-of-range" FrontMatter Error false
"The number lies outside the range that the key takes, for example a latitude above 90."

BAD_LANGUAGE "B0113" "bad-language" FrontMatter Error false
"Languages are BCP 47 tags such as `en`, `fa` or `fa-AF`."

BAD_LIKELIHOOD "B0114" "bad-likelihood" FrontMatter Error false
"A likelihood is a term of ICD 203 (almost no chance, very unlikely, unlikely, roughly even chance, likely, very likely, almost certain) or a range of percentages such as `55-80`."

BAD_GRADE "B0115" "bad-grade" FrontMatter Error false
"A grade is an Admiralty code: a letter A to F for the source's reliability, then a digit 1 to 6 for the information's credibility, such as `B2`."

UNDATED "B0116" "undated" FrontMatter Warn false
"With `dates = \"git\"` a brief that writes no `date:` has the day of its first commit. This one has not been committed yet, or git cannot tell; so it has no date, and stands in no list by month. Commit it, or write `date:`."

FRONT_MATTER_FORM "B0117" "front-matter-form" FrontMatter Error true
"The file begins with what looks like front matter, but not as it is read here: YAML between two lines of `---`, the first of which is the first line of the file. Taken for text, it would be shown, and the label in it would not count."

LINE_ENDS "B0118" "line-ends" Files Error true
"A line ends with a carriage return alone, as on old Macs. Markdown counts that as a line end, YAML and most tools do not, so front matter and portion marks would not be where they seem to be. Convert the file: lines end with LF, or with CR and LF."

LIST_IN_ONE "B0119" "list-in-one" FrontMatter Warn false
"Where a list is wanted, a single text will do. This one has commas in it, as a list has that lost its brackets: `aliases: Snake, Uroburos` is one name, and no text has it. Write `[Snake, Uroburos]`, or each on a line of its own after `-`. What is one, with a comma in it, stands in quotes: `\"Laden, Usama bin\"`."

DUPLICATE_ID "B0201" "duplicate-id" Identity Error false
"Two documents of one kind have the same id. The id is the file's name without its ending, lower case, whichever folder the file lies in. Rename one of them."

SAME_ADDRESS "B0202" "same-address" Identity Error false
"Two pages would be written to one address. Addresses are compared with case folded and Unicode normalised, because on many disks such names are one file."

UNKNOWN_KIND "B0203" "unknown-kind" Identity Error false
"The first folder below `content/` gives a document its kind: briefs, actors, countries, people, events, sources, regions, topics, pages. The folder here looks like a misspelling of one. A folder of another name holds plain pages."

BAD_ID "B0204" "bad-id" Identity Error false
"The id, which mostly is a file's name, cannot be a part of an address: it is empty, too long, begins with a full stop, or holds a character that no file name should have. A country's file is named for its code or its English name; the id of a judgement or statement holds no blanks, because it is an anchor. A reference is the id alone, without brackets, folder or `.md`."

REDIRECT_TAKEN "B0205" "redirect-taken" Identity Error false
"`redirect_from` (or `merged_into`) asks for a redirect at an address where a page already is."

MERGE_LOOP "B0206" "merge-loop" Identity Error false
"`merged_into` leads back to where it began, so there is no page that the redirects could end at."

ITEM_ID "B0207" "item-id-twice" Identity Error false
"Two judgements, sources or statements of one document have the same id, or two briefs tell of events that have one. An event without an id has that of its title, so two that are called alike would be one: the page of an event, and lists, show the first. Give the other an `id:`; or, if it is the same event, write only its id."

BAD_ADDRESS "B0208" "bad-address" Identity Error false
"`redirect_from` asks for a redirect at an address that no file of the site can have: it leaves the site, has an empty part, a query or a character that no file name should have. An address may be written as it is read or percent-encoded, as browsers copy it."

UNPORTABLE_NAME "B0209" "unportable-name" Identity Warn false
"A name that becomes a part of an address, and so of a file or folder of the output, is none that every disk takes: Windows disks and USB sticks (NTFS, exFAT) refuse `< > : \" | ? * \\`, a full stop or blank at the end, and the names of devices, such as `con`, `aux`, `nul` and `com1`, whatever their ending. The page is there on a web server, but the folder cannot be copied to such a disk. Characters that turn the direction of text make a name look like another one. Rename the file, or give what is told in a brief another `id:`."

SUPERSEDES_LOOP "B0210" "supersedes-loop" Identity Error false
"`supersedes` leads back to where it began, so every brief on the way would be called superseded and none would hold. A brief and its translations are one. The newer brief supersedes the older: remove the key from the older one."

UNDECLARED "B0301" "undeclared" References Error false
"Front matter refers to an actor, person, source or event that has no document. Such a document may hold only a name. A site that does without sets `undeclared = \"warn\"` or `\"allow\"`."

BROKEN_LINK "B0302" "broken-link" Links Error false
"The link leads to no document and no file of the site. Links are relative to the file they stand in; wikilinks take an id, a name, or the end of a path."

BROKEN_ANCHOR "B0303" "broken-anchor" Links Error false
"The page exists, but has no heading with this id. An id is the heading's text in lower case with `-` between words, or what `{#id}` gives it."

AMBIGUOUS_LINK "B0304" "ambiguous-link" Links Error false
"The wikilink fits more than one document. Say the kind (`[[actor:taliban]]`) or more of the path."

LINK_OUTSIDE "B0305" "link-outside" Links Error false
"The link leads out of the site's folder, where a reader of the site cannot follow."

FORBIDDEN_LINK "B0306" "forbidden-link" Links Error false
"Links may lead into the site or to `https:`, `http:` and `mailto:` addresses. `javascript:`, `data:` and other schemes are refused, because a page must not run what a text says."

AMBIGUOUS_NAME "B0307" "ambiguous-name" Names Warn false
"Two entities share this name, and the document's front matter names neither or both of them, so the mention is not linked. Name the one that is meant in `actors:`, `people:` or `countries:`, or link it by hand. Where a name should never mean one of them, give that one's alias `link: false`: then it is the other's."

UNCITED_SOURCE "B0308" "uncited-source" Citations Warn false
"The document lists a source that neither its text nor its statements, events or judgements cite. Cite it with `[@id]`, or remove it."

UNKNOWN_CITATION "B0309" "unknown-citation" Citations Error false
"The text cites a source that the document does not list under `sources:`."

UNKNOWN_JUDGEMENT "B0310" "unknown-judgement" References Error false
"`updates:` of a judgement names a judgement that no document makes."

UNUSED_FILE "B0311" "unused-file" Links Allow false
"No document uses the file, so it is not published. Link to it, or remove it."

SYMLINK_OUTSIDE "B0312" "symlink-outside" Files Error false
"A symbolic link leads out of the site. It is not followed, because a build must depend on the site alone."

DEAD_EXTERNAL "B0313" "dead-external-link" Links Error false
"`brief check --external` asked another site for the address, and it did not answer with a good status: it is gone, has moved, refuses programs, or was out of reach. Try it in a browser. Where it is gone, link to an archived copy; in a source, add one as `archived:`. Where a host refuses programs, `[links]` in `site.toml` can accept its status or leave the host alone: `brief help config`."

ONLY_ARCHIVED "B0314" "only-archived" Links Warn false
"A source's `url` no longer answers, as `brief check --external` found, but its `archived` copy does. Readers can still check the source. Nothing needs to be done; if the page has only moved, correct the `url`."

BAD_PORTION "B0401" "bad-portion-mark" Labels Error true
"Something looks like a portion mark, but its label is none of TLP 2.0's, or it is not written as one, or it begins a line instead of a paragraph, or stands alone, or in front matter, where items have the key `tlp:`. A mark that cannot be read could let a part travel too far, so this stops the build."

UNDEFINED_FOOTNOTE "B0402" "undefined-footnote" Links Warn false
"The text refers to a footnote that is not defined, so the reader would see the bare mark. Write `[^id]: the note`."

SAME_HEADING "B0403" "same-heading-id" Links Warn false
"A heading asks for an id that another heading of the document already has. Links to it lead to the first."

IDLE_MARK "B0404" "mark-without-effect" Labels Warn false
"A portion mark stands where it covers nothing: in the midst of a text, in the words of an image, in raw HTML, or without its brackets. It counts only at the start of a paragraph, an item, a cell, a term or a heading, as `(TLP:AMBER)`. Where marks are only written about, put them in backticks."

LOST_FOOTNOTE "B0405" "lost-footnote" Links Warn false
"A footnote's text is not shown, because nothing in the text leads to it, or because another footnote has the same name, of which the first counts. Write `[^id]` where the reader is to be led to it."

TABLE_ROW "B0406" "table-row" Links Warn false
"A bar in a table ends a cell wherever it stands, in a wikilink or in code too, unless there is a backslash before it: write `[[apt28\\|the group]]`. What is more than the table's head has cells is not shown at all; and a head that has another number of cells than the line below it makes no table."

TEMPLATE "B0501" "template" Templates Error true
"A template cannot be read or rendered. The message is the template engine's, with the place in the template's source. Templates that cannot be read are all told at once; where one cannot be rendered, the first page on which that happens is named, and how many others there are: a value may be there on one page and not on another, so ask for it with `{% if %}` or `default`."

IDLE_TEMPLATE "B0502" "idle-template" Templates Warn false
"A file in `templates/` has no name that the theme's templates have, and no template includes or extends it, so it changes nothing. Its name is near to one of the theme's, so it was probably meant to override that. A template overrides the theme's that has the same path below `templates/`. Rename the file, use it, or remove it."

READ "B0901" "cannot-read" Machine Error true
"A file or folder of the site cannot be read. Check that it exists and that its permissions allow it."

WRITE "B0902" "cannot-write" Machine Error true
"The output cannot be written: the disk is full, the target is read-only, or its permissions forbid it. What was there before is still there."

NOT_OURS "B0903" "output-not-ours" Machine Error true
"The output folder holds files and no manifest of an earlier build, so it may be somebody's work. Choose an empty or new folder."

LOCKED "B0904" "output-locked" Machine Error true
"Another build is writing to the same output folder, or another `brief publish` to the same place. Wait for it, or choose another folder."

FOREIGN_FILE "B0905" "foreign-file" Machine Error true
"A page would be written where a file stands that no earlier build wrote. It is left alone; move it away, or choose another output folder."

UNSAFE_OUTPUT "B0906" "unsafe-output" Machine Error true
"The output path is not one that a site may write: it would leave the output folder, or pass through a symbolic link."

NOT_AS_LISTED "B0907" "not-as-listed" Release Error true
"A file of an output folder or of a release is not what `manifest.json` says: it is missing, it has other bytes, or nothing lists it. Build again, or publish again; if neither explains it, somebody has changed the files."

REMOTE "B0908" "remote" Machine Error true
"The far side, or `ssh` or `rsync` on the way to it, could not do its part; the message has its own words. `brief publish ssh://…` needs both programs here, and `sh`, `rsync`, `flock` and a `mv` that knows `-T` there. It asks for no password: use a key or an agent. An object store is reached by HTTPS: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_REGION` (or `AWS_ENDPOINT_URL` for a server of your own) say how, and the key must be allowed to list, read, write and delete there."

BAD_SIGNATURE "B0909" "bad-signature" Release Error true
"The signature in `manifest.json.minisig` is missing, is not by the key that was asked for, or is of another manifest. Whoever has the secret key signs with `brief publish --sign KEY` or `minisign -S`."

SHARD_MISSING "B0910" "shard-missing" Shards Error true
"`brief merge` needs every shard of a build: with `--shard I/8`, those from 1 to 8. Each leaves a `manifest-I-of-8.json` beside its files, and one of these was not found. Build the shards that are missing, or name the folders that they are in. Where no shard is left, a whole that they were joined into before is taken for done, but only if it is what this merge is to make: of the edition and the day that are meant or, for all, of the site as it is."

SHARDS_DIFFER "B0911" "shards-differ" Shards Error true
"The shards are not of one build: they were made of other files or settings, on other days, for other editions, by other versions of the program, or as shares of another number. Joined they would be a site that nobody has written. Build all of them from one commit with the same flags; `--now` or SOURCE_DATE_EPOCH gives all of them one day."

SHARD_DAMAGED "B0912" "shard-damaged" Machine Error true
"A file of a shard is missing, or has not the bytes that the shard's manifest says. A copy was broken off, or another build has written to the folder since. Build the shard again, or copy it again."

NO_GIT "B0913" "no-git" Machine Error false
"The site sets `dates = \"git\"`, so a build asks `git log` when each file was committed. There is no `git` here, the site lies in no clone, or the clone belongs to another user (then `git config --global --add safe.directory DIR` says that it is trusted). The message has git's own words."

SHALLOW_CLONE "B0914" "shallow-clone" Files Warn false
"The site sets `dates = \"git\"`, and the clone does not go back to the first commit, as is usual in CI. What lies before cannot be known: briefs without `date:` have none, and files that no commit of the clone has touched have no date of change. Nothing is guessed. Fetch the whole history: `fetch-depth: 0` for actions/checkout, `GIT_DEPTH: 0` for GitLab, `git fetch --unshallow` by hand. `git clone --filter=blob:none` is quick and has all that is needed."

MANY_DELETIONS "B0915" "many-deletions" Release Error true
"Publishing to an object store would delete more objects than a run may: by default a quarter of those that are published, or ten. That happens when the wrong folder is published, or to the wrong place. If it is meant, say `--max-delete` with a number or a share, such as `--max-delete 200` or `--max-delete 50%`."

CACHE "B0920" "cache" Machine Warn false
"Something is wrong with the folder of `--cache DIR`: it cannot be written or read, or what lies in it is not as it was written. What is damaged is thrown away and made again. The site is built just as without a cache, only not as quickly, and the exit status is what it would have been."
}
