//! What typefaces do in an official document, and which families can.

/// The part that a typeface plays. GB/T 9704-2012 names one for each part of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The title (小标宋体).
    Xiaobiaosong,
    /// The body (仿宋体).
    Fangsong,
    /// Headings of the first level, and what has to stand out (黑体).
    Heiti,
    /// Headings of the second level (楷体).
    Kaiti,
    /// Page numbers (宋体).
    Songti,
}

impl Role {
    /// Every role.
    pub const ALL: &[Self] = &[Self::Xiaobiaosong, Self::Fangsong, Self::Heiti, Self::Kaiti, Self::Songti];

    /// Its name in templates.
    pub fn key(self) -> &'static str {
        match self {
            Self::Xiaobiaosong => "xiaobiaosong",
            Self::Fangsong => "fangsong",
            Self::Heiti => "heiti",
            Self::Kaiti => "kaiti",
            Self::Songti => "songti",
        }
    }

    /// Its official term.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Xiaobiaosong => "小标宋",
            Self::Fangsong => "仿宋",
            Self::Heiti => "黑体",
            Self::Kaiti => "楷体",
            Self::Songti => "宋体",
        }
    }

    /// The families that can play it, the best first: those of offices, of Windows and macOS, and in the end the
    /// free ones that Debian packages. A character that one lacks is taken from the next.
    pub fn families(self) -> &'static [&'static str] {
        match self {
            Self::Xiaobiaosong => &[
                "方正小标宋_GBK",
                "方正小标宋简体",
                "FZXiaoBiaoSong-B05",
                "FZXiaoBiaoSong-B05S",
                "华文中宋",
                "STZhongsong",
                "Noto Serif CJK SC",
                "Source Han Serif SC",
                "LXGW WenKai",
            ],
            Self::Fangsong => &[
                "仿宋_GB2312",
                "FangSong_GB2312",
                "仿宋",
                "FangSong",
                "方正仿宋_GBK",
                "FZFangSong-Z02",
                "华文仿宋",
                "STFangsong",
                "Noto Serif CJK SC",
                "Source Han Serif SC",
                "LXGW WenKai",
            ],
            Self::Heiti => &[
                "黑体",
                "SimHei",
                "方正黑体_GBK",
                "FZHei-B01",
                "华文黑体",
                "STHeiti",
                "Heiti SC",
                "Noto Sans CJK SC",
                "Source Han Sans SC",
                "LXGW WenKai",
            ],
            Self::Kaiti => &[
                "楷体_GB2312",
                "KaiTi_GB2312",
                "楷体",
                "KaiTi",
                "方正楷体_GBK",
                "FZKai-Z03",
                "华文楷体",
                "STKaiti",
                "Kaiti SC",
                "LXGW WenKai",
                "Noto Serif CJK SC",
            ],
            Self::Songti => &[
                "宋体",
                "SimSun",
                "方正书宋_GBK",
                "华文宋体",
                "STSong",
                "Songti SC",
                "Noto Serif CJK SC",
                "Source Han Serif SC",
                "LXGW WenKai",
            ],
        }
    }

    /// The weight that comes closest to it in a family of several: 小标宋 is heavier than any text face.
    pub(crate) fn weight(self) -> u16 {
        if self == Self::Xiaobiaosong { 700 } else { 400 }
    }
}
