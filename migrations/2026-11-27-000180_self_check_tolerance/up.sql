-- No source gives a figure: every difference is shown until somebody decides otherwise.
INSERT INTO rule_settings (id, version, setting, value, valid_from, source, note, created_at) VALUES
    ('0149df19-0800-7000-8000-000000000013', 1, 'self_check_tolerance', '0', '2014-11-24', '系统初始设置', '未见有关文件规定允许差异，按零差异比对', '2014-11-24 00:00:00');
