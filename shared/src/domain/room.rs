//! Rooms of one person, as Annex 3 of the plan measures them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::area::Area;
use super::refusal::{Code, Violation, Violations};
use crate::text_enum;

text_enum! {
    /// The columns of Annex 3.
    pub enum RoomKind {
        /// 办公室.
        Office = "office",
        /// 休息室.
        Rest = "rest",
        /// 卫生间.
        Toilet = "toilet",
        /// 会议室.
        Meeting = "meeting",
    }
}

/// How many rooms are listed for one person at most.
pub const MAX_ROOMS: usize = 100;

/// How many people a room serves at most: up to here the shares of any rooms are exact fractions of
/// [`COMMON`], which 128 bits hold (R05).
const MAX_OCCUPANTS: u16 = 80;

/// The least common multiple of all numbers up to [`MAX_OCCUPANTS`].
const COMMON: u128 = {
    let (mut common, mut number) = (1_u128, 2_u128);
    while number <= MAX_OCCUPANTS as u128 {
        let (mut a, mut b) = (common, number);
        while b > 0 {
            (a, b) = (b, a % b);
        }
        common = common / a * number;
        number += 1;
    }
    common
};

/// A room as it was declared or measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "office", "room_number": "301", "area": 23.25, "occupants": 3}))]
pub struct Room {
    /// What it is used as.
    pub kind: RoomKind,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub address: Option<String>,
    /// Its number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 50)]
    pub room_number: Option<String>,
    /// Its whole usable area, however many share it.
    pub area: Area,
    /// How many people it serves; 1 where it is left out.
    #[serde(default = "alone")]
    #[schema(minimum = 1, maximum = 80)]
    pub occupants: u16,
    /// The others whom it serves.
    #[serde(default)]
    #[schema(max_items = 80)]
    pub occupant_names: Vec<String>,
}

fn alone() -> u16 {
    1
}

impl Room {
    /// Notes over-long texts, a number of people out of range, and more names than people.
    pub fn check(&self, violations: &mut Violations, pointer: &str) {
        violations.optional_text(&format!("{pointer}/address"), self.address.as_deref(), 200);
        violations.optional_text(&format!("{pointer}/room_number"), self.room_number.as_deref(), 50);
        let served = (1..=MAX_OCCUPANTS).contains(&self.occupants);
        violations.require(served, format!("{pointer}/occupants"), Code::OutOfRange);
        if self.occupant_names.len() > usize::from(self.occupants) {
            let names = format!("{pointer}/occupant_names");
            violations.push(Violation::with(names, Code::TooLong, self.occupants));
            return;
        }
        for (index, name) in self.occupant_names.iter().enumerate() {
            violations.text(&format!("{pointer}/occupant_names/{index}"), name, 100);
        }
    }

    /// Whether everybody who shares it, beside the person it is measured for, is named.
    pub fn names_its_sharers(&self) -> bool {
        self.occupant_names.len() + 1 >= usize::from(self.occupants)
    }
}

/// Notes what is wrong with the rooms of one person: too many, each room's own faults, and areas that are
/// together out of range.
pub fn check_rooms(violations: &mut Violations, pointer: &str, rooms: &[Room]) {
    if rooms.len() > MAX_ROOMS {
        violations.push(Violation::with(pointer, Code::TooLong, MAX_ROOMS));
        return;
    }
    for (index, room) in rooms.iter().enumerate() {
        room.check(violations, &format!("{pointer}/{index}"));
    }
    let together = rooms.iter().map(|room| i64::from(room.area.hundredths())).sum();
    let in_range = i64::from(Area::nearest(together).hundredths()) == together;
    violations.require(in_range, pointer, Code::OutOfRange);
}

/// The whole areas of a person's rooms by use, as the columns of Annex 3 have them; `total` is the sum of the
/// others (合计, R03).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"office": 23.25, "rest": 0, "toilet": 0, "meeting": 0, "total": 23.25}))]
pub struct Areas {
    /// 办公室.
    pub office: Area,
    /// 休息室.
    pub rest: Area,
    /// 卫生间.
    pub toilet: Area,
    /// 会议室.
    pub meeting: Area,
    /// 合计.
    pub total: Area,
}

impl Areas {
    /// The areas of these rooms.
    pub fn of(rooms: &[Room]) -> Self {
        let sum = |kind: Option<RoomKind>| {
            let of_kind = rooms.iter().filter(|room| kind.is_none_or(|kind| room.kind == kind));
            Area::nearest(of_kind.map(|room| i64::from(room.area.hundredths())).sum())
        };
        Self {
            office: sum(Some(RoomKind::Office)),
            rest: sum(Some(RoomKind::Rest)),
            toilet: sum(Some(RoomKind::Toilet)),
            meeting: sum(Some(RoomKind::Meeting)),
            total: sum(None),
        }
    }
}

/// The area of a person's share of checked rooms: each room's area divided by the number whom it serves, added up
/// as exact fractions and rounded once, half up, to a hundredth (R05).
pub fn share(rooms: &[Room]) -> Area {
    let (mut whole, mut parts) = (0_i64, 0_u128);
    for room in rooms {
        let (area, served) = (room.area.hundredths().unsigned_abs(), u32::from(room.occupants.max(1)));
        whole += i64::from(area / served);
        parts += u128::from(area % served) * (COMMON / u128::from(served));
    }
    // There are at most as many whole hundredths in the parts as there are rooms.
    let rounded = i64::try_from((2 * parts + COMMON) / (2 * COMMON)).unwrap_or_default();
    Area::nearest(whole + rounded)
}

/// Where the rooms are, for the form's 地址及房号: each place once.
pub fn places(rooms: &[Room]) -> Option<String> {
    let mut places: Vec<String> = Vec::new();
    for room in rooms {
        let place: String =
            [&room.address, &room.room_number].into_iter().flatten().map(String::as_str).collect();
        if !place.is_empty() && !places.contains(&place) {
            places.push(place);
        }
    }
    Some(places.join("、")).filter(|places| !places.is_empty())
}

/// Who shares which room, for the form's remarks (备注): the columns have the whole areas.
pub fn sharing_note(rooms: &[Room]) -> Option<String> {
    let shared = rooms.iter().filter(|room| room.occupants > 1);
    let note = shared.map(|room| {
        let place = room.room_number.as_deref().unwrap_or_default();
        let with = room.occupant_names.join("、");
        let with = if with.is_empty() { String::new() } else { format!("与{with}") };
        format!("{place}{with}合用（共{}人）", room.occupants)
    });
    Some(note.collect::<Vec<_>>().join("；")).filter(|note| !note.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::text::TextEnum;
    use super::*;

    fn room(kind: RoomKind, hundredths: i32, occupants: u16) -> Room {
        let area = Area::from_hundredths(hundredths).unwrap();
        Room {
            kind,
            address: None,
            room_number: Some("301".to_owned()),
            area,
            occupants,
            occupant_names: vec![],
        }
    }

    prop_compose! {
        fn any_room()(kind in prop::sample::select(RoomKind::ALL), area in 0..=1_000_000_i32, occupants in 1..=80_u16)
            -> Room {
            room(kind, area, occupants)
        }
    }

    proptest! {
        #[test]
        fn r03_the_total_is_the_sum_of_the_columns(rooms in prop::collection::vec(any_room(), 0..20)) {
            let areas = Areas::of(&rooms);
            let columns = [areas.office, areas.rest, areas.toilet, areas.meeting];
            let sum: i32 = columns.iter().map(|area| area.hundredths()).sum();
            prop_assert_eq!(areas.total.hundredths(), sum);
            prop_assert_eq!(sum, rooms.iter().map(|room| room.area.hundredths()).sum::<i32>());
        }

        #[test]
        fn r05_a_share_is_the_exact_sum_rounded_once_half_up(
            rooms in prop::collection::vec((0..=200_i32, 1..=80_u16), 0..10),
        ) {
            let rooms: Vec<Room> =
                rooms.into_iter().map(|(area, occupants)| room(RoomKind::Office, area, occupants)).collect();
            // |rounded - exact| ≤ 1/2, and the half goes up: 2·rounded - 1 ≤ 2·exact < 2·rounded + 1. Of so small
            // areas 128 bits hold the whole sum.
            let exact: u128 = rooms
                .iter()
                .map(|room| room.area.hundredths() as u128 * (COMMON / u128::from(room.occupants)))
                .sum();
            let rounded = share(&rooms).hundredths() as u128 * COMMON;
            prop_assert!(2 * rounded <= 2 * exact + COMMON && 2 * exact < 2 * rounded + COMMON);
        }

        #[test]
        fn r05_a_hundredth_more_for_each_is_a_hundredth_more(
            mut rooms in prop::collection::vec(any_room(), 1..20), more in 0..=1_000_i32,
        ) {
            let before = share(&rooms).hundredths();
            let first = &mut rooms[0];
            let area = first.area.hundredths() + more * i32::from(first.occupants);
            first.area = Area::from_hundredths(area).unwrap();
            prop_assert_eq!(share(&rooms).hundredths(), before + more);
        }

        #[test]
        fn r05_who_is_alone_has_the_whole_area_and_order_does_not_matter(
            mut rooms in prop::collection::vec(any_room(), 0..20),
        ) {
            let shared = share(&rooms);
            rooms.reverse();
            prop_assert_eq!(share(&rooms), shared);
            rooms.iter_mut().for_each(|room| room.occupants = 1);
            prop_assert_eq!(share(&rooms), Areas::of(&rooms).total);
            prop_assert!(shared <= Areas::of(&rooms).total);
        }
    }

    #[test]
    fn r05_the_published_case_adds_up() {
        let shared = room(RoomKind::Office, 2_325, 3);
        assert_eq!(share(std::slice::from_ref(&shared)).to_string(), "7.75");
        assert_eq!(share(&[shared, room(RoomKind::Office, 2_325, 1)]).to_string(), "31");
    }

    #[test]
    fn r05_it_is_rounded_once_and_not_room_by_room() {
        let third = room(RoomKind::Office, 100, 3);
        let of = |count| share(&vec![third.clone(); count]).hundredths();
        assert_eq!((of(1), of(2), of(3)), (33, 67, 100));
        assert_eq!(share(&[room(RoomKind::Office, 1, 2)]).hundredths(), 1, "a half goes up");
        let many: Vec<Room> = (1..=80).map(|served| room(RoomKind::Office, 100_000_000, served)).collect();
        assert!(share(&many).hundredths() > 0, "the largest rooms of all sharers fit");
    }

    #[test]
    fn rooms_are_checked_one_by_one_and_together() {
        let broken = |rooms: &[Room]| {
            let mut violations = Violations::default();
            check_rooms(&mut violations, "/measured_rooms", rooms);
            violations.refuse()
        };
        let largest = room(RoomKind::Office, 100_000_000, 1);
        assert_eq!(broken(std::slice::from_ref(&largest)), Ok(()));
        let out_of_range =
            |pointer: &str| Err(super::super::refusal::Refusal::invalid(pointer, Code::OutOfRange));
        assert_eq!(broken(&[largest.clone(), largest]), out_of_range("/measured_rooms"));
        assert_eq!(broken(&[room(RoomKind::Rest, 1, 81)]), out_of_range("/measured_rooms/0/occupants"));
    }

    #[test]
    fn the_remarks_name_who_shares() {
        let mut shared = room(RoomKind::Office, 2_325, 3);
        assert_eq!(sharing_note(&[room(RoomKind::Rest, 100, 1)]), None);
        assert_eq!(sharing_note(std::slice::from_ref(&shared)).unwrap(), "301合用（共3人）");
        shared.occupant_names = vec!["李四".to_owned(), "王五".to_owned()];
        assert_eq!(sharing_note(&[shared]).unwrap(), "301与李四、王五合用（共3人）");
    }
}
