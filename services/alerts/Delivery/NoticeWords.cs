namespace Serm.Alerts;

/// <summary>The words of notices and digests, by language and key.</summary>
internal static class NoticeWords
{
    // Above what is made of them: fields are initialised in this order.
    private static readonly string[] Kinds = [NoticeKinds.Opened, NoticeKinds.Reopened, NoticeKinds.Escalated, NoticeKinds.Resolved];
    private static readonly string[] Causes = [RuleKinds.NegativeMention, RuleKinds.Mention, RuleKinds.VolumeSpike, RuleKinds.NegativeSpike, RuleKinds.RisingTopic, RuleKinds.SourceSilence, RuleKinds.SlaBreach, RuleKinds.ChannelFailing, RuleKinds.CredentialsEnd];
    private static readonly string[] Lines = ["rule", "measured", "alerts", "many", "since", "look", "test", "testBy", "ends"];
    private static readonly string[] Digest = ["digest", "period.hour", "period.day", "period.week", "mentions", "incidents", "more"];

    public static readonly IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> All = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal)
    {
        ["en"] = Language(
            ["Incident", "Open again", "Nobody has acknowledged", "Resolved"],
            ["negative mention", "mention", "unusually many mentions", "unusually many negative mentions", "rising topic", "silent source", "over its time", "channel does not deliver", "credentials end"],
            ["Rule: {0}", "{0} where {1} are ordinary, in {2} minutes", "{0} alerts, up to {1} negative", "{0} alerts of many different stories, up to {1} negative", "Since {0}", "Look at it", "Test of the channel {0}", "Asked for by {0}", "They end on {0}. Enter new ones before then"],
            ["{0} digest, {1}", "Hourly", "Daily", "Weekly", "{0} mentions, {1} of them negative ({2})", "{0} incidents opened, {1} still open", "and {0} more"]),
        ["ru"] = Language(
            ["Инцидент", "Снова открыт", "Никто не принял", "Решено"],
            ["негативное упоминание", "упоминание", "необычно много упоминаний", "необычно много негативных упоминаний", "растущая тема", "источник молчит", "срок превышен", "канал не доставляет", "срок действия ключей истекает"],
            ["Правило: {0}", "{0} при обычных {1} за {2} мин", "Оповещений: {0}, негативность до {1}", "Оповещений о множестве разных сюжетов: {0}, негативность до {1}", "С {0}", "Посмотреть", "Проверка канала {0}", "Запросил(а): {0}", "Действуют до {0}. Введите новые до этого срока"],
            ["{0} сводка, {1}", "Почасовая", "Ежедневная", "Еженедельная", "Упоминаний: {0}, из них негативных: {1} ({2})", "Открыто инцидентов: {0}, ещё не закрыто: {1}", "и ещё {0}"]),
        ["tr"] = Language(
            ["Olay", "Yeniden açıldı", "Kimse onaylamadı", "Çözüldü"],
            ["olumsuz bahsetme", "bahsetme", "alışılmadık sayıda bahsetme", "alışılmadık sayıda olumsuz bahsetme", "yükselen konu", "sessiz kaynak", "süresi aşıldı", "kanal iletmiyor", "erişim bilgilerinin süresi doluyor"],
            ["Kural: {0}", "{2} dakikada {0}; olağan olan {1}", "{0} uyarı, en çok {1} olumsuz", "Birçok farklı konudan {0} uyarı, en çok {1} olumsuz", "Başlangıç: {0}", "İncele", "{0} kanalının denemesi", "İsteyen: {0}", "Bitiş: {0}. O güne kadar yenilerini girin"],
            ["{0} özet, {1}", "Saatlik", "Günlük", "Haftalık", "{0} bahsetme, {1} olumsuz ({2})", "{0} olay açıldı, {1} hâlâ açık", "ve {0} tane daha"]),
        ["sv"] = Language(
            ["Incident", "Öppen igen", "Ingen har kvitterat", "Löst"],
            ["negativt omnämnande", "omnämnande", "ovanligt många omnämnanden", "ovanligt många negativa omnämnanden", "växande ämne", "tyst källa", "över tiden", "kanalen levererar inte", "inloggningsuppgifter går ut"],
            ["Regel: {0}", "{0} där {1} är vanligt, på {2} minuter", "{0} larm, upp till {1} negativt", "{0} larm om många olika händelser, upp till {1} negativt", "Sedan {0}", "Titta på den", "Test av kanalen {0}", "Begärt av {0}", "De går ut {0}. Ange nya innan dess"],
            ["{0} sammanfattning, {1}", "Timvis", "Daglig", "Veckovis", "{0} omnämnanden, {1} negativa ({2})", "{0} incidenter öppnade, {1} fortfarande öppna", "och {0} till"]),
        ["vi"] = Language(
            ["Sự cố", "Mở lại", "Chưa ai xác nhận", "Đã xử lý"],
            ["lượt nhắc tiêu cực", "lượt nhắc", "nhiều lượt nhắc bất thường", "nhiều lượt nhắc tiêu cực bất thường", "chủ đề đang tăng", "nguồn im lặng", "quá hạn", "kênh không gửi được", "thông tin truy cập sắp hết hạn"],
            ["Quy tắc: {0}", "{0} so với mức thường {1}, trong {2} phút", "{0} cảnh báo, tiêu cực tới {1}", "{0} cảnh báo về nhiều câu chuyện khác nhau, tiêu cực tới {1}", "Từ {0}", "Xem", "Thử kênh {0}", "Người yêu cầu: {0}", "Hết hạn {0}. Hãy nhập thông tin mới trước đó"],
            ["Bản tóm tắt {0}, {1}", "hằng giờ", "hằng ngày", "hằng tuần", "{0} lượt nhắc, {1} tiêu cực ({2})", "{0} sự cố đã mở, {1} còn mở", "và {0} mục nữa"]),
    };

    private static Dictionary<string, string> Language(string[] kinds, string[] causes, string[] lines, string[] digest) => Kinds.Select(k => "kind." + k).Zip(kinds)
        .Concat(Causes.Select(c => "cause." + c).Zip(causes))
        .Concat(Lines.Zip(lines))
        .Concat(Digest.Zip(digest))
        .ToDictionary(w => w.First, w => w.Second, StringComparer.Ordinal);
}
