import django.core.validators
import django.db.models.deletion
import lessons.models
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Country',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(help_text='ISO 3166 code in small letters, such as gb.', max_length=10, unique=True)),
                ('name', lessons.models.LineField(max_length=60)),
                ('emergency', lessons.models.LineField(blank=True, help_text='Only if confirmed. Without it the page says “your local emergency number”.', max_length=20, validators=[django.core.validators.RegexValidator('^[0-9][0-9 -]*$', 'Please give a number with digits, spaces and dashes only.')], verbose_name='emergency number')),
                ('emergency_note', lessons.models.LineField(blank=True, max_length=120)),
            ],
            options={
                'verbose_name_plural': 'countries',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='SafetyTexts',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('crisis_question', lessons.models.LineField(default='In crisis?', help_text='The first words of the band at the top of every page.', max_length=40)),
                ('crisis_elsewhere', lessons.models.LineField(default='or local emergency number', help_text='Follows “US, Canada,” in the band and leads to the help page. Keep the words “local emergency”.', max_length=60, verbose_name='local emergency')),
                ('help_text', lessons.models.MarkdownField(default='This is for you if you are in a mental health crisis, if you do not feel safe, or if you might hurt yourself or someone else. It is also for you if everything is simply too much to do a lesson or a practice safely on your own.\n\nPlease put the course down for now. It will keep. Reach a person instead:\n\n- In the US or Canada, call or text **988**, at any hour.\n- Anywhere else, call your local emergency number or one of the lines below.\n- If you can, tell someone near you, or a doctor or therapist, how bad it is.\n', help_text='Who the help is for and what to do now.', max_length=200000, verbose_name='help page')),
                ('disclaimer_summary', lessons.models.LineField(default='An independent course for learning and self-reflection. It is not therapy, treatment or crisis support, and it does not replace professional care. Not connected to the IFS Institute.', help_text='The foot of every page.', max_length=300)),
                ('disclaimer', lessons.models.MarkdownField(default='CFT Course is published by Everything IFS Academy, an independent educational platform. It is not affiliated with, endorsed by or connected to the IFS Institute.\n\nThe lessons, skills and practices here are for education and self-reflection only. They are not therapy, not mental health treatment, not clinical training and not crisis support. They do not take the place of care from a professional who knows you.\n\nNobody watches what happens on this site. If you write something here, no one reads it and no one will answer. If you need an answer from a person, please use the crisis support at the top of the page or talk to someone you trust.\n', help_text='The disclaimer page.', max_length=200000)),
            ],
            options={
                'verbose_name': 'crisis support and disclaimer',
                'verbose_name_plural': 'crisis support and disclaimer',
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_row_of_safety_texts')],
            },
        ),
        migrations.CreateModel(
            name='Helpline',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=1)),
                ('name', lessons.models.LineField(max_length=80)),
                ('audience', lessons.models.LineField(blank=True, help_text='If not for everyone, such as “Under 35”.', max_length=60)),
                ('call', lessons.models.LineField(blank=True, max_length=30, validators=[django.core.validators.RegexValidator('^[0-9][0-9 -]*$', 'Please give a number with digits, spaces and dashes only.')])),
                ('call_also', lessons.models.LineField(blank=True, max_length=30, validators=[django.core.validators.RegexValidator('^[0-9][0-9 -]*$', 'Please give a number with digits, spaces and dashes only.')])),
                ('text', lessons.models.LineField(blank=True, max_length=30, validators=[django.core.validators.RegexValidator('^[0-9][0-9 -]*$', 'Please give a number with digits, spaces and dashes only.')])),
                ('text_keyword', lessons.models.LineField(blank=True, max_length=20)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('website', models.URLField(blank=True, validators=[django.core.validators.URLValidator(schemes=['https'])])),
                ('hours', lessons.models.LineField(blank=True, help_text='Empty shows “Hours not confirmed”.', max_length=140)),
                ('cost', lessons.models.LineField(blank=True, max_length=100)),
                ('languages', lessons.models.LineField(blank=True, max_length=100)),
                ('note', lessons.models.LineField(blank=True, max_length=200)),
                ('source', lessons.models.LineField(blank=True, help_text='Where the facts were seen. Not shown.', max_length=200)),
                ('confidence', lessons.models.LineField(choices=[('A', "A: official or operator's page seen"), ('B', 'B: dated news, health body or partner page seen'), ('C', 'C: weak or old page only (not shown)')], default='C', max_length=1)),
                ('checked_on', models.DateField(help_text='The day somebody last compared these facts with a source.', verbose_name='checked on')),
                ('country', models.ForeignKey(blank=True, help_text='Empty for a worldwide directory.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='helplines', to='safety.country')),
            ],
            options={
                'ordering': ['country', 'position', 'name'],
                'constraints': [models.UniqueConstraint(fields=('country', 'name'), name='one_helpline_per_name', violation_error_message='This country already has a line of this name.'), models.UniqueConstraint(condition=models.Q(('country', None)), fields=('name',), name='one_worldwide_line_per_name', violation_error_message='There is already a worldwide directory of this name.')],
            },
        ),
    ]
