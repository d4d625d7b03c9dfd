//! The prose of the report: people write, the service counts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::id::Id;
use crate::text_enum;

text_enum! {
    /// A place of the report that prose belongs to.
    pub enum Section {
        /// 一、巡检工作开展情况.
        Work = "work",
        /// 二、办公用房基本情况.
        Premises = "premises",
        /// 三、（一）违规兴建楼堂馆所“回头看”.
        LookBack = "look_back",
        /// 三、（二）权属管理.
        Ownership = "ownership",
        /// 三、（三）技术业务用房使用.
        TechnicalRooms = "technical_rooms",
        /// 三、（四）租用.
        Leasing = "leasing",
        /// 三、（五）党政机关办公用房使用.
        Occupancy = "occupancy",
        /// 三、（六）领导干部办公用房.
        LeaderOffices = "leader_offices",
        /// 三、（七）其他情况.
        Other = "other",
        /// 四、发现的主要问题及整改情况.
        Problems = "problems",
        /// 五、有关建议.
        Suggestions = "suggestions",
    }
}

/// What people wrote for the report, and the sentences that the service made from its figures.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    /// To whom the report is addressed (主送).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub addressee: Option<String>,
    /// Its document number (文号), such as `连区办用房巡〔2023〕1号`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_number: Option<String>,
    /// The body that signs it (署名).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signer: Option<String>,
    /// What people wrote, by section; a line break starts a paragraph.
    pub written: BTreeMap<Section, String>,
    /// Sentences made from the figures, by section. They stand before what people wrote; suggestions are
    /// made only where nobody wrote any.
    pub generated: BTreeMap<Section, String>,
    /// The findings told as typical cases (典型案例) under their focus item.
    pub typical_cases: Vec<Id>,
}
