//! Who is known by name, in which posts and at which addresses: what a public text doesn't say.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::view::{View, is_dash, is_dot, separates_names};
use crate::domain::report::Snapshot;

/// The persons whom the records know, by every field that holds one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Persons {
    /// Names as they are spelt in the records.
    pub names: BTreeSet<String>,
    /// Who holds which post.
    pub holdings: BTreeSet<Holding>,
    /// Addresses of units.
    pub addresses: BTreeSet<String>,
    /// Telephone numbers: short ones look like any other number.
    pub phones: BTreeSet<String>,
    /// Where the rooms of persons are.
    pub rooms: BTreeSet<String>,
    /// Names of bodies: an account may be named after one, and a body may have a person's name in its own.
    pub bodies: BTreeSet<String>,
}

/// A person in a post.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holding {
    /// The name of the unit.
    pub unit: String,
    /// The post (职务).
    pub post: String,
    /// The person.
    pub person: String,
}

/// The spelling by which names, posts and bodies are compared.
pub(super) fn spelling(text: &str) -> String {
    View::of(text, separates_names).text
}

/// How long an account's name may be that is still a person's though a body's name holds it.
const SHORT: usize = 3;

/// What is written where a person is asked for and none is named.
const NOBODY: [&str; 18] = [
    "无",
    "暂无",
    "没有",
    "同上",
    "待定",
    "空缺",
    "领导",
    "负责人",
    "主要负责人",
    "单位负责人",
    "联系人",
    "联络员",
    "工作人员",
    "协调员",
    "管理员",
    "系统管理员",
    "办公室",
    "综合科",
];

/// How the name of an account ends that several persons use.
const SHARED_ACCOUNT: [&str; 10] = ["办", "办公室", "局", "委", "组", "处", "站", "所", "中心", "街道"];

/// Posts that anybody may hold: they tell nobody, though one person of a unit signed by them.
const ANYBODY: [&str; 9] =
    ["工作人员", "干部", "职工", "科员", "办事员", "联络员", "经办人", "负责人", "主要负责人"];

/// Posts that are written together with a name.
const TITLES: [&str; 34] = [
    "副主任",
    "主任",
    "副书记",
    "书记",
    "副局长",
    "局长",
    "副处长",
    "处长",
    "副科长",
    "科长",
    "副镇长",
    "镇长",
    "副乡长",
    "乡长",
    "副区长",
    "区长",
    "副部长",
    "部长",
    "副主席",
    "主席",
    "秘书长",
    "副院长",
    "院长",
    "副校长",
    "校长",
    "常委",
    "委员",
    "副组长",
    "组长",
    "队长",
    "站长",
    "所长",
    "先生",
    "女士",
];

/// What stands before a post and names nobody.
const BEFORE_TITLES: [&str; 20] = [
    "党组",
    "党委",
    "党总支",
    "支部",
    "党支部",
    "工会",
    "分管",
    "主管",
    "常务",
    "执行",
    "轮值",
    "值班",
    "综合",
    "行政",
    "社区",
    "街道",
    "机关",
    "时任",
    "现任",
    "前任",
];

/// Whether a name is a body's: the end of its name, or a longer part of it.
fn is_body(bodies: &[String], name: &str) -> bool {
    let is_short = name.chars().count() <= SHORT;
    bodies.iter().any(|body| body.ends_with(name) || (!is_short && body.contains(name)))
}

/// The persons in a field that holds one: several may be listed in it, and a remark may stand in brackets behind a name
/// (云朵（区财政局）), or the name behind a body (区财政局（云朵）).
fn parts(field: &str) -> impl Iterator<Item = &str> {
    let (before, inside) = field.split_once(['（', '(', '【', '[']).unwrap_or((field, ""));
    listed(before).chain(listed(inside).filter(|part| is_like_a_name(part)))
}

/// What is listed in a text, without how it is addressed.
fn listed(text: &str) -> impl Iterator<Item = &str> {
    let is_edge = |c: char| "（）()【】[]、，,；;／/：:".contains(c) || c.is_ascii_digit();
    text.split(is_edge).map(|part| part.trim().trim_end_matches("同志"))
}

/// The names that a part of a field may hold beside itself: one without the post before or behind it (云朵主任), and what
/// stands before or between the dots of a long one.
fn names_within(part: &str) -> impl Iterator<Item = &str> {
    let pieces = part.split(is_dot).filter(move |piece| part.contains(is_dot) && piece.chars().count() > 2);
    let part = part.trim();
    let behind = TITLES.iter().filter_map(|title| part.strip_suffix(title));
    let before = TITLES.iter().filter_map(|title| part.strip_prefix(title));
    let without = behind.chain(before).map(str::trim);
    let without = without.filter(|name| is_like_a_name(name) && !BEFORE_TITLES.contains(name));
    pieces.chain(without).chain(beside_an_office(part))
}

/// The names in a part that names an office beside them, with a blank or a dash between (云朵-区财政局).
fn beside_an_office(part: &str) -> impl Iterator<Item = &str> {
    let between = |c: char| c.is_whitespace() || is_dash(c) || "_＿|｜~～".contains(c);
    let names_office = part.split(between).any(|piece| !is_like_a_name(piece));
    part.split(between).filter(move |piece| names_office && *piece != part && is_like_a_name(piece))
}

/// Whether what stands in brackets may be a name and no post or body.
fn is_like_a_name(remark: &str) -> bool {
    let of_others = [
        "员", "长", "任", "局", "办", "组", "室", "科", "处", "委", "站", "中心", "工作", "领导", "书记",
        "干部",
    ];
    remark.chars().count() <= 4 && !of_others.iter().any(|end| remark.ends_with(end))
}

impl Persons {
    /// Adds those of a snapshot: whom its lists name, and the bodies in it.
    pub(super) fn add(&mut self, snapshot: &Snapshot) {
        let lists = &snapshot.lists;
        let units: BTreeMap<_, _> = lists.units.iter().map(|row| (row.unit_id, &row.name)).collect();
        self.bodies.extend(lists.units.iter().map(|row| row.name.clone()));
        for row in &lists.responsibilities {
            self.names.extend(row.principal.iter().chain(&row.responsible_person).cloned());
        }
        for row in &lists.leader_offices {
            self.names.extend(row.person_name.clone());
            self.rooms.extend(row.place.iter().flat_map(|places| places.split('、')).map(str::to_owned));
            if let (Some(person), Some(post), Some(unit)) =
                (&row.person_name, &row.post, units.get(&row.unit_id))
            {
                let (unit, post, person) = ((*unit).clone(), post.clone(), person.clone());
                self.holdings.insert(Holding { unit, post, person });
            }
        }
    }

    /// Adds the names of accounts, but of those that are named after a body.
    pub fn add_accounts(&mut self, accounts: impl IntoIterator<Item = String>) {
        let bodies = self.spelt_bodies();
        let is_person = |name: &String| {
            let name = spelling(name);
            let is_shared =
                name.chars().count() >= SHORT && SHARED_ACCOUNT.iter().any(|end| name.ends_with(end));
            !is_shared && !is_body(&bodies, &name)
        };
        self.names.extend(accounts.into_iter().filter(is_person));
    }

    fn spelt_bodies(&self) -> Vec<String> {
        self.bodies.iter().map(|body| spelling(body)).collect()
    }

    /// The names in the spelling of comparison, without single characters, which would tear words apart.
    pub(super) fn spelt_names(&self) -> BTreeSet<String> {
        let bodies = self.spelt_bodies();
        let whole = self.names.iter().map(|field| spelling(field));
        let whole = whole.filter(|name| !bodies.iter().any(|body| body.ends_with(name.as_str())));
        let parts =
            self.names.iter().flat_map(|field| parts(field).filter(move |part| part != field)).map(spelling);
        let within =
            self.names.iter().flat_map(|field| self::parts(field).flat_map(names_within)).map(spelling);
        let within = within.filter(|name| !bodies.iter().any(|body| body.contains(name.as_str())));
        let names = whole.chain(parts.filter(|part| !is_body(&bodies, part))).chain(within);
        names.filter(|name| name.chars().count() > 1 && !NOBODY.contains(&name.as_str())).collect()
    }

    /// The rooms in the spelling of comparison, and their numbers alone.
    pub(super) fn spelt_rooms(&self) -> BTreeSet<String> {
        let number = |room: &String| {
            let mut numbers = room.rsplit(|c: char| !c.is_ascii_alphanumeric());
            numbers.find(|number| number.contains(|c: char| c.is_ascii_digit())).map(str::to_owned)
        };
        let rooms = self.rooms.iter().map(|room| spelling(room));
        rooms.flat_map(|room| [number(&room), Some(room)]).flatten().collect()
    }

    /// The telephone numbers in the spelling of comparison: a field may list several, and name what they are.
    pub(super) fn spelt_phones(&self) -> BTreeSet<String> {
        let fields = self.phones.iter().map(|field| spelling(field));
        fields
            .flat_map(|field| {
                field.split(|c: char| !c.is_ascii_digit()).map(str::to_owned).collect::<Vec<_>>()
            })
            .collect()
    }

    /// Who holds which post.
    pub(super) fn posts(&self) -> Posts {
        let mut holders = Posts::default();
        for Holding { unit, post, person } in &self.holdings {
            // 党组书记、局长 holds two posts.
            let several = post.split(|c: char| c.is_whitespace() || "、，,；;／/兼".contains(c));
            for post in several.chain([post.as_str()]) {
                holders.0.entry((spelling(unit), spelling(post))).or_default().insert(spelling(person));
            }
        }
        holders
    }
}

/// The holders of each post of each unit, in the spelling of comparison.
#[derive(Default)]
pub(super) struct Posts(BTreeMap<(String, String), BTreeSet<String>>);

impl Posts {
    /// Whether a post tells who is meant: one person of the unit holds it.
    pub(super) fn tells(&self, unit: &str, post: &str) -> bool {
        let post = spelling(post);
        !ANYBODY.contains(&post.as_str())
            && self.0.get(&(spelling(unit), post)).is_none_or(|holders| holders.len() < 2)
    }

    /// The posts that tell who is meant in some unit.
    pub(super) fn telling(&self) -> BTreeSet<&str> {
        let telling = self.0.iter().filter(|((_, post), holders)| {
            holders.len() == 1 && post.chars().count() > 1 && !ANYBODY.contains(&post.as_str())
        });
        telling.map(|((_, post), _)| post.as_str()).collect()
    }

    /// The posts that tell nobody anywhere.
    pub(super) fn others(&self) -> BTreeSet<&str> {
        let telling = self.telling();
        self.0.keys().map(|(_, post)| post.as_str()).filter(|post| !telling.contains(post)).collect()
    }
}
