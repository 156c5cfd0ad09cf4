using System.Collections.Frozen;

namespace Serm.Mentions;

/// <summary>Words that are in every text and say nothing of what it is about, by language: articles, pronouns, prepositions, conjunctions, particles, auxiliary verbs, what only strengthens, and times and days by their name, and plain praise and blame. What a list
/// lacks the comparison with the time before takes out, as it is as frequent there.</summary>
internal static class StopWords
{
    private static readonly FrozenDictionary<string, FrozenSet<string>> ByLanguage = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["en"] = """
            a about above actually after again all almost already also although always am an and another any anyone anything are aren around as at away back be because been before being between both but by
            came can cannot come could couldn day days did didn do does doesn doing don done down each either else even ever every everyone everything few for from get gets getting give go goes going gone got had
            has hasn have haven having he her here hers him his how however if in instead into is isn it its itself just keep keeps kept know last least less let like ll lot made make makes many may maybe me might
            more most much must my myself need never next no nobody none nor not nothing now of off often ok on once one only or other our out over own per please put quite rather re really right said same
            say saying says see seem seems she should since so some somebody someone something soon still such sure take takes than thank thanks that the their them themselves then there these they thing
            things think this those though through time times to today tomorrow too took two under until up upon us use used using ve very via want wants was wasn way we well went were what when where whether
            which while who whole whose why will with within without won would wouldn yes yesterday yet you your yours monday tuesday wednesday thursday friday saturday sunday three four five six hour hours minute minutes week weeks month months year years ask asked bad big find good great little long look looked looking looks new nice old people tell tried try told
            trying wait waiting
            """,
        ["ru"] = """
            а без более больше будет будут буду был была были было быть в вам вами вас ваш ваша ваше ваши весь во вообще вот все всегда всего всем всех всю вся всё вы где говорит говорят да даже дай два две
            день дня дней для до его ее её если есть еще ещё же за завтра зато и из или им ими их к каждый кажется как какая какие какой когда кого которая которого которое которой котором которую которые который
            которых кто куда ли лишь лучше между меня мне многие много можно мой мои моя моё мою моей моего мы на над надо назад нам нас наш наша наше наши нашей не него нее неё нельзя нет неужели
            ни никак никакой никогда никого никто ним них ничего но ну нужно о об один одна одни одно однако он она они оно опять от очень по пока под пожалуйста после потом потому почему почти
            при про просто раз разве с сам сама сами само свой свои свою своё свою своей своего сегодня сейчас себе себя сказал сказали снова со совсем спасибо так также такая такие такое такой там те тебе тебя тем теперь то тобой того
            тоже только том тот тою третий три ту тут ты у уж уже хотя хоть хочу хотел чего чей чем через что чтоб чтобы чуть эта эти это этим этих этого этой этом этот эту я вчера вчерашний
            понедельник понедельника вторник вторника среда среды среду четверг четверга пятница пятницы пятницу суббота субботы субботу воскресенье воскресенья самый самая самое самые час часа часов минут минуты минуту неделю неделя недели месяц месяца год года лет новый новая новое новые хорошо
            плохо
            """,
        ["tr"] = """
            acaba ama ancak artık asla aslında bana bazı belki ben benden beni benim beri beş bile bir biraz birçok biri birkaç biz bize bizi bizim böyle bu buna bunda bundan bunlar bunu bunun burada bugün bütün
            çok çoğu çünkü da daha de değil defa diye diğer dün edildi eden ederek edin edip ediyor ediyorum en etti fakat falan gibi göre gün günü günler hala hâlâ hangi hani hatta hem hep hepsi her herkes hiç hiçbir için içinde içindeki ile ilgili ise
            işte kadar karşı kendi kere kez ki kim kimse ki mi mı mu mü nasıl ne neden nedir nerede niçin niye o olan olarak oldu olduğu olması olmuş olsa olsun olur on ona ondan onlar onlara onları onun oysa öyle pek
            rağmen sadece sanki sen senin siz size sizi sizin son sonra şey şeyi şimdi şu tabii tam tek tüm üç üzere var vardı ve veya ya yani yarın yine yok yoktu zaten zaman
            pazartesi salı çarşamba perşembe cuma cumartesi pazar iki lütfen teşekkür teşekkürler ederim saat saattir saate dakika hafta haftadır ay aydır yıl güzel iyi kötü yeni
            """,
        ["sv"] = """
            alla allt alltid andra att av bara bli blir blev blivit bort bra dag dagar dagen de dem den denna deras dess dessa det detta dig din dina ditt du där då efter eller en ens er era ett fast fick få
            får fått fler fram från för före göra gör gjorde gjort går gick gått ha hade han hans har hela helt henne hennes här hon honom hur i igen igår idag imorgon in inga ingen inget ingenting innan inom inte ja jag ju kan kommer
            kom kunde kunna lite man mang med mellan men mer mest mig min mina mitt mot mycket många måste ner ni nog nu när någon något några nån och ock också om oss på redan rätt samma sa sade se sedan sen ser ses sig
            sin sina sitt själv ska skulle som så säga säger såg sådan tack ta tar till tills tog trots tycker under upp ut utan vad var vara varför varit varje vart vem verkligen vi vid vilka vilken vill ville väl åt än
            ändå är över måndag tisdag onsdag torsdag fredag lördag söndag två tre gång gånger snälla aldrig även ännu timmar timme minuter vecka veckor månad månader år
            ny nya nytt dålig dåligt
            """,
        ["vi"] = """
            a à ạ ai anh ấy bà bạn bao bằng bên bị bởi các cái càng cả cần chắc chẳng chị chỉ chiếc cho chưa chứ có còn con của cũng cùng cứ do dù đã đang đây đâu để đến đều đi điều đó được đấy em gì hai hay hết họ hoặc hơn
            hôm khi không kể là lại lần làm lắm lên luôn lúc mà mãi mấy mỗi mọi một mới mình muốn nay này nào năm nếu nên ngay ngày nghĩ người nhà nhé nhất nhiều nhỉ nhưng những như nó nói nữa ông ở phải qua quá ra rằng rất rồi sao sau
            sẽ ta tại tất thật theo thêm thế thì thôi trên trong tôi trước từ tuần tháng từng và vào vẫn vậy về việc vì với vừa xin xong ạ ơi cảm ơn giờ thứ ba bốn tự
            """,
    }.ToFrozenDictionary(l => l.Key, l => SearchText.Words(l.Value).ToFrozenSet(StringComparer.Ordinal), StringComparer.Ordinal);

    /// <summary>True for such a word.</summary>
    /// <param name="language">ISO code; of a language without a list the words of English, in which most quote.</param>
    /// <param name="word">As <see cref="SearchText"/> cuts it.</param>
    public static bool Has(string language, string word) => (ByLanguage.TryGetValue(language, out var words) ? words : ByLanguage["en"]).Contains(word);
}
