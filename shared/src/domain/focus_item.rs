//! What the inspection looks at: the plan's "1+5", and whatever else breaks the rules (巡检重点).

use crate::text_enum;

text_enum! {
    /// An item of the plan's "1+5", in its order, and other violations.
    pub enum FocusItem {
        /// Look-back on the correction of illegally built premises (违规兴建楼堂馆所整改“回头看”).
        LookBack = "look_back",
        /// Title transferred, mortgaged, or not registered to the competent unit (权属管理).
        Ownership = "ownership",
        /// Technical business rooms turned into offices without approval (技术业务用房使用).
        TechnicalRooms = "technical_rooms",
        /// Renting without approval, free use of enterprises' space, mortgaged property (租用).
        Leasing = "leasing",
        /// Party and government space used by other bodies (党政机关办公用房使用).
        Occupancy = "occupancy",
        /// Areas of leaders' offices (领导干部办公用房).
        LeaderOffices = "leader_offices",
        /// Any other violation of the rules on office space (其他情况).
        Other = "other",
    }
}

impl FocusItem {
    /// The items that every unit answers (R45); `other` is optional.
    pub const REQUIRED: [Self; 6] = [
        Self::LookBack,
        Self::Ownership,
        Self::TechnicalRooms,
        Self::Leasing,
        Self::Occupancy,
        Self::LeaderOffices,
    ];
}
