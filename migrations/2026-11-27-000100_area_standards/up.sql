-- Area limits by class and level, and the settings of rules, each with its dates and source. Of one class and
-- level, and of one setting, no two hold on the same day.

CREATE TABLE area_standards (
    id TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    standard_class TEXT NOT NULL,
    standard_level TEXT NOT NULL,
    area_limit INTEGER NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    source TEXT NOT NULL,
    note TEXT,
    created_at TIMESTAMP NOT NULL,
    UNIQUE (standard_class, standard_level, valid_from)
);

-- Townships have no row: the standard leaves their limits to the province.
INSERT INTO area_standards
    (id, version, standard_class, standard_level, area_limit, valid_from, source, created_at) VALUES
    ('0149df19-0800-7000-8000-000000000001', 1, 'county', 'county_chief', 3000, '2014-11-24', '《党政机关办公用房建设标准》（发改投资〔2014〕2674号）', '2014-11-24 00:00:00'),
    ('0149df19-0800-7000-8000-000000000002', 1, 'county', 'county_deputy', 2400, '2014-11-24', '《党政机关办公用房建设标准》（发改投资〔2014〕2674号）', '2014-11-24 00:00:00'),
    ('0149df19-0800-7000-8000-000000000003', 1, 'county', 'section_level_chief', 1800, '2014-11-24', '《党政机关办公用房建设标准》（发改投资〔2014〕2674号）', '2014-11-24 00:00:00'),
    ('0149df19-0800-7000-8000-000000000004', 1, 'county', 'section_level_deputy', 1200, '2014-11-24', '《党政机关办公用房建设标准》（发改投资〔2014〕2674号）', '2014-11-24 00:00:00'),
    ('0149df19-0800-7000-8000-000000000005', 1, 'county', 'below_section_level', 900, '2014-11-24', '《党政机关办公用房建设标准》（发改投资〔2014〕2674号）', '2014-11-24 00:00:00');

CREATE TABLE rule_settings (
    id TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    setting TEXT NOT NULL,
    value TEXT NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    source TEXT NOT NULL,
    note TEXT,
    created_at TIMESTAMP NOT NULL,
    UNIQUE (setting, valid_from)
);

INSERT INTO rule_settings (id, version, setting, value, valid_from, source, note, created_at) VALUES
    ('0149df19-0800-7000-8000-000000000011', 1, 'shared_rooms_divided', 'true', '2014-11-24', '广州市从化区纪委监委通报的计算方式：合用房间按使用人数分摊，多处用房合并计算', '一地纪检监察机关的做法，国家标准无此规定', '2014-11-24 00:00:00'),
    ('0149df19-0800-7000-8000-000000000012', 1, 'area_tolerance', '0', '2014-11-24', '《党政机关办公用房建设标准》（发改投资〔2014〕2674号）', '国家标准未规定允许偏差', '2014-11-24 00:00:00');
